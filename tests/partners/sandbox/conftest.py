"""A small sandbox, and a platform with a test key to it."""

import pytest

from partners.keys import actions as keys
from partners.sandbox import actions, rules
from partners.sandbox.models import Entry
from registry.access.actors import Scope
from tests.partners.conftest import DEMONSTRATION, Partner, Sequence

SIZE = 12


@pytest.fixture
def filled(monkeypatch: pytest.MonkeyPatch, sequence: Sequence) -> list[Entry]:
    """Give the entries of a sandbox that is filled and published."""
    monkeypatch.setattr(rules, "SIZE", SIZE)
    assert actions.fill(actor=DEMONSTRATION) == SIZE
    sequence()
    return list(Entry.objects.prefetch_related("fingerprints"))


@pytest.fixture
def tester(partner: Partner) -> Partner:
    """Give the same platform as it is in its sandbox."""
    sandbox = partner.organisation.sandbox
    return Partner(sandbox, *keys.issue_key(sandbox, Scope, actor=DEMONSTRATION))
