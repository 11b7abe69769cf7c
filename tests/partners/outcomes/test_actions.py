"""What platforms answer is recorded once, kept for ever, and confirmed by staff alone."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from partners.outcomes import actions, queries, rules
from partners.outcomes.models import AnsweredRequest, Feedback, Outcome
from partners.outcomes.rules import ReportedOutcome
from partners.outcomes.states import REASONS, CountBand, Decision, Vote
from registry.access.refusals import Invalid, Mismatch, NotFound, Refused
from registry.entries.models import Entry
from registry.log.models import PendingChange
from tests.partners.conftest import STAFF, MakeListed, MakePartner, Partner, Sequence, accept, image, video, withdraw

YESTERDAY = datetime.now(UTC) - timedelta(days=1)
REASON = next(iter(REASONS))


@pytest.fixture
def entry(make_listed: MakeListed) -> Entry:
    return make_listed(image(1))[0]


def removed(entry: Entry, **changes: Any) -> ReportedOutcome:
    reported = ReportedOutcome(entry.reference, Decision.REMOVED, YESTERDAY, YESTERDAY, CountBand.FEW)
    return replace(reported, **changes)


def audit_lines(event: str) -> list[dict[str, Any]]:
    return [row.record for row in PendingChange.objects.filter(log="audit", record__event=event).order_by("pk")]


def test_report_outcome_keeps_what_the_platform_said(entry: Entry, partner: Partner) -> None:
    outcome = actions.report_outcome(removed(entry), actor=partner.actor)
    outcome.refresh_from_db()
    assert outcome.organisation == partner.organisation
    assert (outcome.entry_reference, outcome.decision, outcome.count_band) == (entry.reference, "removed", "2-9")
    assert (outcome.decided_at, outcome.removed_at) == (YESTERDAY, YESTERDAY)
    assert outcome.confirmed_on is None
    assert not outcome.has_review


def test_report_outcome_is_audited_with_its_entry_and_decision(entry: Entry, partner: Partner) -> None:
    said = removed(entry)
    outcome = actions.report_outcome(said, actor=partner.actor)
    [line] = audit_lines("outcome:report")
    assert line["subject"] == f"outcome:{outcome.reference}"
    assert line["actor"] == f"partner:{partner.key.name}"
    assert line["data"] == {"entry": entry.reference, "decision": "removed", "digest": rules.digest_of(said)}


def test_report_outcome_outlives_its_entry(entry: Entry, partner: Partner, sequence: Sequence) -> None:
    withdraw(entry)
    sequence()
    outcome = actions.report_outcome(removed(entry), actor=partner.actor)
    assert Outcome.objects.get().reference == outcome.reference


def test_report_outcome_refuses_an_entry_never_published(partner: Partner) -> None:
    pending = accept(image(2))
    with pytest.raises(NotFound):
        actions.report_outcome(removed(pending), actor=partner.actor)
    with pytest.raises(NotFound):
        actions.report_outcome(removed(pending, entry_reference="0" * 30), actor=partner.actor)
    assert not Outcome.objects.exists()


def test_a_correction_replaces_an_outcome_and_leaves_it_standing_in_the_record(entry: Entry, partner: Partner) -> None:
    first = actions.report_outcome(removed(entry), actor=partner.actor)
    correction = removed(entry, decision=Decision.NOT_FOUND, removed_at=None, corrects=first.reference)
    second = actions.report_outcome(correction, actor=partner.actor)
    assert second.corrects == first
    assert Outcome.objects.count() == 2
    with pytest.raises(NotFound, match="newest"):
        actions.report_outcome(correction, actor=partner.actor)


def test_a_correction_must_be_of_ones_own_outcome_and_the_same_entry(
    entry: Entry, partner: Partner, make_partner: MakePartner, make_listed: MakeListed
) -> None:
    mine = actions.report_outcome(removed(entry), actor=partner.actor)
    [other_entry] = make_listed(image(2))
    with pytest.raises(NotFound):
        actions.report_outcome(removed(entry, corrects=mine.reference), actor=make_partner("Platform B").actor)
    with pytest.raises(Invalid, match="another entry"):
        actions.report_outcome(removed(other_entry, corrects=mine.reference), actor=partner.actor)


def test_confirm_outcome_lets_the_reporter_read_it(entry: Entry, partner: Partner) -> None:
    outcome = actions.report_outcome(removed(entry), actor=partner.actor)
    assert queries.confirmed_for({entry.reference: date.min}) == []
    actions.confirm_outcome(outcome, actor=STAFF)
    assert queries.confirmed_for({entry.reference: date.min}) == [
        queries.ConfirmedOutcome(entry.reference, "Platform A", Decision.REMOVED)
    ]


def test_confirm_outcome_twice_is_recorded_once(entry: Entry, partner: Partner) -> None:
    outcome = actions.report_outcome(removed(entry), actor=partner.actor)
    actions.confirm_outcome(outcome, actor=STAFF)
    actions.confirm_outcome(outcome, actor=STAFF)
    assert [line["actor"] for line in audit_lines("outcome:confirm")] == ["staff:7f3a"]


def test_a_corrected_outcome_is_neither_confirmed_nor_shown(entry: Entry, partner: Partner) -> None:
    first = actions.report_outcome(removed(entry), actor=partner.actor)
    actions.confirm_outcome(first, actor=STAFF)
    changes: dict[str, Any] = {"decision": Decision.ERROR, "removed_at": None, "corrects": first.reference}
    actions.report_outcome(removed(entry, **changes), actor=partner.actor)
    assert queries.confirmed_for({entry.reference: date.min}) == []
    with pytest.raises(Refused, match="newer"):
        actions.confirm_outcome(first, actor=STAFF)


def test_take_unreviewed_gives_each_outcome_once(entry: Entry, partner: Partner) -> None:
    made = [actions.report_outcome(removed(entry), actor=partner.actor) for _ in range(3)]
    assert list(queries.unreviewed()) == made
    assert actions.take_unreviewed(2) == made[:2]
    assert actions.take_unreviewed(2) == made[2:]
    assert actions.take_unreviewed(2) == []


def test_answer_once_gives_a_retry_the_first_answer_and_does_nothing_again(entry: Entry, partner: Partner) -> None:
    def report() -> dict[str, Any]:
        return {"reference": actions.report_outcome(removed(entry), actor=partner.actor).reference}

    first = actions.answer_once("key-1", b"payload", report, actor=partner.actor)
    assert actions.answer_once("key-1", b"payload", report, actor=partner.actor) == first
    assert Outcome.objects.count() == 1
    assert actions.answer_once("key-2", b"payload", report, actor=partner.actor) != first


def test_answer_once_refuses_the_same_key_for_something_else(partner: Partner) -> None:
    actions.answer_once("key", b"one", dict, actor=partner.actor)
    with pytest.raises(Mismatch):
        actions.answer_once("key", b"two", dict, actor=partner.actor)


def test_answer_once_keeps_platforms_keys_apart(partner: Partner, make_partner: MakePartner) -> None:
    actions.answer_once("key", b"one", lambda: {"of": "A"}, actor=partner.actor)
    other = make_partner("Platform B")
    assert actions.answer_once("key", b"two", lambda: {"of": "B"}, actor=other.actor) == {"of": "B"}


def test_answer_once_forgets_a_request_that_was_refused(partner: Partner) -> None:
    def refuse() -> dict[str, Any]:
        raise Invalid("no")

    with pytest.raises(Invalid):
        actions.answer_once("key", b"one", refuse, actor=partner.actor)
    assert not AnsweredRequest.objects.exists()
    assert actions.answer_once("key", b"corrected", lambda: {"done": 1}, actor=partner.actor) == {"done": 1}


def test_answer_once_refuses_while_the_first_request_is_at_work(partner: Partner) -> None:
    parameters = connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}
    organisation_id = str(partner.organisation.pk)
    with psycopg.connect(**parameters) as other, other.transaction():
        number = queries.lock_number(("answer", organisation_id, "key"))
        other.execute("SELECT pg_advisory_xact_lock(%s)", [number])
        with pytest.raises(Refused, match="being worked on"), transaction.atomic():
            actions.answer_once("key", b"one", dict, actor=partner.actor)
    assert actions.answer_once("key", b"one", dict, actor=partner.actor) == {}


def test_submit_feedback_counts_the_last_vote_and_keeps_the_others(entry: Entry, partner: Partner) -> None:
    actions.submit_feedback(entry.reference, "pdq", Vote.AFFIRM, actor=partner.actor)
    actions.submit_feedback(entry.reference, "pdq", Vote.NEGATIVE, REASON, actor=partner.actor)
    votes = Feedback.objects.order_by("pk").values_list("vote", "reason", "is_current")
    assert list(votes) == [("affirm", "", False), ("negative", REASON, True)]
    assert [line["data"]["value"] for line in audit_lines("feedback:submit")] == ["affirm", "negative"]


def test_submit_feedback_again_changes_nothing(entry: Entry, partner: Partner) -> None:
    for _ in range(3):
        actions.submit_feedback(entry.reference, "pdq", Vote.AFFIRM, actor=partner.actor)
    assert Feedback.objects.count() == 1
    assert len(audit_lines("feedback:submit")) == 1


def test_submit_feedback_is_per_platform_and_fingerprint(
    entry: Entry, partner: Partner, make_partner: MakePartner
) -> None:
    actions.submit_feedback(entry.reference, "pdq", Vote.AFFIRM, actor=partner.actor)
    actions.submit_feedback(entry.reference, "md5", Vote.AFFIRM, actor=partner.actor)
    actions.submit_feedback(entry.reference, "pdq", Vote.AFFIRM, actor=make_partner("Platform B").actor)
    assert Feedback.objects.filter(is_current=True).count() == 3


def test_submit_feedback_refuses_fingerprints_that_are_not_there(
    make_listed: MakeListed, partner: Partner, sequence: Sequence
) -> None:
    [a_video] = make_listed(video(1))
    with pytest.raises(NotFound, match="no PDQ fingerprint; it has MD5"):
        actions.submit_feedback(a_video.reference, "pdq", Vote.AFFIRM, actor=partner.actor)
    withdraw(a_video)
    sequence()
    with pytest.raises(Refused, match="withdrawn"):
        actions.submit_feedback(a_video.reference, "md5", Vote.AFFIRM, actor=partner.actor)
    assert not Feedback.objects.exists()


def test_an_actor_without_an_organisation_cannot_answer(entry: Entry) -> None:
    with pytest.raises(ValueError, match="organisation"):
        actions.report_outcome(removed(entry), actor=STAFF)
