"""Made-up entries."""

import pytest
from django.core.management import CommandError, call_command

from registry.entries.models import Claim, Entry, Fingerprint
from registry.entries.states import EntryState
from registry.log.models import PendingChange

pytestmark = pytest.mark.django_db


def test_made_up_entries_come_through_the_real_verbs():
    """Listed, claimed, recorded."""
    call_command("synthesize_entries", "1003", "--seed", "1")
    assert Entry.objects.filter(state=EntryState.LISTED).count() == Claim.objects.count() == 1003
    assert Fingerprint.objects.count() == 2006
    assert PendingChange.objects.filter(log="list").count() == 1003
    assert PendingChange.objects.filter(log="audit", record__event="entry:accept").count() == 1003
    call_command("synthesize_entries", "3", "--seed", "1")
    assert Entry.objects.count() == 1003


def test_production_refuses_made_up_entries(settings):
    """And nothing is listed."""
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="no place"):
        call_command("synthesize_entries", "1")
    assert not Entry.objects.exists()
