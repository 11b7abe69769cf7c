"""Which answers make sense, told by values alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from partners.outcomes import rules
from partners.outcomes.rules import ReportedOutcome
from partners.outcomes.states import REASONS, CountBand, Decision, Vote
from registry.access.refusals import Invalid, NotFound, Refused

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=6)
REMOVED = ReportedOutcome("e" * 30, Decision.REMOVED, NOW, NOW, CountBand.ONE)
REASON = next(iter(REASONS))


@pytest.mark.parametrize("decision", [decision for decision in Decision if decision is not Decision.REMOVED])
def test_only_a_removal_carries_the_time_of_removal(decision: Decision) -> None:
    rules.check_outcome(replace(REMOVED, decision=decision, removed_at=None), NOW)
    with pytest.raises(Invalid, match="removed_at"):
        rules.check_outcome(replace(REMOVED, decision=decision), NOW)


def test_a_removal_needs_its_time() -> None:
    rules.check_outcome(REMOVED, NOW)
    with pytest.raises(Invalid, match="removed_at"):
        rules.check_outcome(replace(REMOVED, removed_at=None), NOW)


@pytest.mark.parametrize("reported", [replace(REMOVED, decided_at=LATER), replace(REMOVED, removed_at=LATER)])
def test_a_time_in_the_future_is_refused_with_our_clock(reported: ReportedOutcome) -> None:
    with pytest.raises(Invalid, match=r"(decided|removed)_at: .* 2026-11-23T12:00:00Z"):
        rules.check_outcome(reported, NOW)
    rules.check_outcome(reported, NOW + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("held", "signal_type", "vote", "reason", "refusal"),
    [
        ({"pdq"}, "pdq", Vote.AFFIRM, "", None),
        ({"pdq"}, "pdq", Vote.NEGATIVE, REASON, None),
        ({"pdq"}, "pdq", Vote.NEGATIVE, "", Invalid),
        ({"pdq"}, "pdq", Vote.NEGATIVE, "unknown", Invalid),
        ({"pdq"}, "pdq", Vote.AFFIRM, REASON, Invalid),
        ({"md5"}, "pdq", Vote.AFFIRM, "", NotFound),
        (set(), "pdq", Vote.AFFIRM, "", Refused),
    ],
)
def test_which_votes_are_taken(
    held: set[str], signal_type: str, vote: Vote, reason: str, refusal: type[Refused] | None
) -> None:
    if refusal is None:
        rules.check_feedback(signal_type, held, vote, reason)
    else:
        with pytest.raises(refusal):
            rules.check_feedback(signal_type, held, vote, reason)


@pytest.mark.parametrize("key", ["", "k" * 129, "snow\u2603", "a\nb"])
def test_a_key_that_cannot_name_a_request_is_refused(key: str) -> None:
    with pytest.raises(Invalid, match="Idempotency-Key"):
        rules.check_key(key)


def test_an_ordinary_key_is_taken() -> None:
    rules.check_key("8e03978e-40d5-43dd-bc93-6894a57f9324")
