"""What a platform is set to notice in the sandbox, and whose word counts for it."""

import pytest
from django.test import Client

from partners.sandbox import actions
from partners.sandbox.models import Entry
from registry.access.refusals import Invalid
from tests.partners.conftest import DEMONSTRATION, Partner

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_tombstone_is_planted_once_all_was_fetched_and_once_only(filled: list[Entry], tester: Partner) -> None:
    assert actions.plant_tombstone(tester.organisation, actor=DEMONSTRATION) is None
    answer = read_whole(tester)
    assert answer == len(filled)
    trial = actions.plant_tombstone(tester.organisation, actor=DEMONSTRATION)
    assert trial is not None
    assert not trial.planted.fingerprints.exists()
    assert actions.plant_tombstone(tester.organisation, actor=DEMONSTRATION) is None


def test_name_withdrawn_refuses_another_entry_and_a_guess_before_its_time(filled: list[Entry], tester: Partner) -> None:
    with pytest.raises(Invalid, match="Nothing was withdrawn"):
        actions.name_withdrawn(tester.organisation, filled[0].reference, actor=DEMONSTRATION)
    read_whole(tester)
    trial = actions.plant_tombstone(tester.organisation, actor=DEMONSTRATION)
    assert trial is not None
    other = next(entry for entry in filled if entry != trial.planted)
    with pytest.raises(Invalid, match="not the entry"):
        actions.name_withdrawn(tester.organisation, other.reference, actor=DEMONSTRATION)


def read_whole(who: Partner) -> int:
    """Read the whole list natively; give how many leaves came."""
    return len(Client(headers=who.bearer).get("/api/v1/changes?after=-1").getvalue().splitlines()) - 1
