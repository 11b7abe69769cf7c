"""What platforms say of an entry counts at once: whichever door it came through, whoever spoke at the same time."""

import base64
import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.test import Client

from partners.outcomes import actions, rules
from partners.outcomes.models import Feedback
from partners.outcomes.rules import ReportedOutcome, Tally
from partners.outcomes.states import REASONS, Decision, Vote
from registry.entries import actions as entries
from registry.entries import queries as entry_queries
from registry.entries.models import Entry
from registry.entries.states import Confidence, EntryState, FlagKind, Reason
from registry.log.models import Leaf
from tests.partners.conftest import STAFF, MakeListed, MakePartner, Partner, Sequence, balanced_digest, image

REASON = next(iter(REASONS))
Say = Callable[[Client, Entry, Partner], int]


@pytest.fixture
def entry(make_listed: MakeListed) -> Entry:
    return make_listed(image(1))[0]


@pytest.fixture
def platforms(db: None, make_partner: MakePartner) -> list[Partner]:
    return [make_partner(f"Platform {name}") for name in "ABC"]


def vote(entry: Entry, platform: Partner, word: Vote, signal_type: str = "pdq") -> None:
    reason = REASON if word is Vote.NEGATIVE else ""
    actions.submit_feedback(entry.reference, signal_type, word, reason, actor=platform.actor)


def report(entry: Entry, platform: Partner, decision: Decision, corrects: str = "") -> str:
    now = datetime.now(UTC)
    removed_at = now if decision is Decision.REMOVED else None
    reported = ReportedOutcome(entry.reference, decision, now, removed_at, "", corrects)
    return actions.report_outcome(reported, actor=platform.actor).reference


def standing(entry: Entry) -> tuple[str, str]:
    entry.refresh_from_db()
    return entry.state, entry.confidence


def say_no_in_ncmec(client: Client, entry: Entry, platform: Partner) -> int:
    body = f"""<?xml version="1.0" encoding="utf-8"?>
        <feedbackSubmission xmlns="https://hashsharing.ncmec.org/hashsharing/v2"><negative>
        <reasonIds><guid>{REASON}</guid></reasonIds></negative></feedbackSubmission>"""
    address = f"/ncmec/v2/entries/1/{entry.reference}/PDQ/feedback"
    shown = base64.b64encode(f"{platform.key.name}:{platform.secret}".encode()).decode()
    headers = {"Authorization": f"Basic {shown}"}
    return client.put(address, body, "application/xml", headers=headers).status_code


def say_no_in_stopncii(client: Client, entry: Entry, platform: Partner) -> int:
    said = {"hashValue": balanced_digest(1), "feedbackValue": "NotBlocked"}
    body = json.dumps({"count": 1, "hashFeedbacks": [said]})
    headers = {"x-functions-key": platform.secret, "Ocp-Apim-Subscription-Key": platform.key.name}
    return client.post("/stopncii/v1/SubmitFeedback", body, "application/json", headers=headers).status_code


def say_no_natively(client: Client, entry: Entry, platform: Partner) -> int:
    body = {"entry": entry.reference, "decision": "not_violating", "decided_at": "2026-01-02T03:04:05Z"}
    headers = {**platform.bearer, "Idempotency-Key": "one"}
    return client.post("/api/v1/outcomes", body, "application/json", headers=headers).status_code


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (say_no_in_ncmec, say_no_in_stopncii),
        (say_no_in_stopncii, say_no_natively),
        (say_no_natively, say_no_in_ncmec),
    ],
)
def test_two_platforms_that_say_no_take_an_entry_off_the_list_through_any_door(
    client: Client, entry: Entry, platforms: list[Partner], sequence: Sequence, first: Say, second: Say
) -> None:
    assert first(client, entry, platforms[0]) < 300
    assert standing(entry) == (EntryState.LISTED, Confidence.DISPUTED)
    assert second(client, entry, platforms[1]) < 300
    assert standing(entry) == (EntryState.QUARANTINED, Confidence.DISPUTED)
    assert [flag.entry for flag in entry_queries.flagged(FlagKind.DISPUTED)] == [entry]
    sequence()
    leaves = Leaf.objects.filter(log="list", subject=entry.reference).order_by("leaf_index")
    assert list(leaves.values_list("event", flat=True)) == ["list", "weigh", "quarantine"]
    acts = Leaf.objects.filter(log="audit", subject=f"entry:{entry.reference}", event__startswith="entry:").order_by(
        "leaf_index"
    )
    assert {json.loads(record)["actor"] for record in acts.values_list("record", flat=True)[3:]} == {"system:feedback"}


def test_two_platforms_that_affirm_corroborate(entry: Entry, platforms: list[Partner]) -> None:
    vote(entry, platforms[0], Vote.AFFIRM)
    vote(entry, platforms[0], Vote.AFFIRM, "md5")
    report(entry, platforms[0], Decision.REMOVED)
    assert standing(entry) == (EntryState.LISTED, Confidence.SELF_REPORTED)
    report(entry, platforms[1], Decision.REMOVED)
    assert standing(entry) == (EntryState.LISTED, Confidence.CORROBORATED)


def test_one_platform_alone_never_takes_an_entry_off(entry: Entry, platforms: list[Partner]) -> None:
    for signal_type in ("pdq", "md5"):
        vote(entry, platforms[0], Vote.NEGATIVE, signal_type)
    for _ in range(3):
        report(entry, platforms[0], Decision.NOT_VIOLATING)
    assert standing(entry) == (EntryState.LISTED, Confidence.DISPUTED)


def test_one_that_affirms_keeps_an_entry_on_the_list(entry: Entry, platforms: list[Partner]) -> None:
    report(entry, platforms[0], Decision.REMOVED)
    for platform in platforms[1:]:
        vote(entry, platform, Vote.NEGATIVE)
    assert standing(entry) == (EntryState.LISTED, Confidence.DISPUTED)


def test_what_says_nothing_of_the_entry_weighs_nothing(entry: Entry, platforms: list[Partner]) -> None:
    for platform, decision in zip(platforms, (Decision.ALREADY_GONE, Decision.NOT_FOUND, Decision.ERROR), strict=True):
        report(entry, platform, decision)
    assert standing(entry) == (EntryState.LISTED, Confidence.SELF_REPORTED)


def test_words_taken_back_no_longer_count(entry: Entry, platforms: list[Partner]) -> None:
    mistaken = report(entry, platforms[0], Decision.NOT_VIOLATING)
    vote(entry, platforms[1], Vote.AFFIRM)
    assert standing(entry)[1] == Confidence.DISPUTED
    report(entry, platforms[0], Decision.REMOVED, corrects=mistaken)
    assert standing(entry)[1] == Confidence.CORROBORATED


def test_what_staff_put_back_stays_until_another_platform_says_no(entry: Entry, platforms: list[Partner]) -> None:
    for platform in platforms[:2]:
        vote(entry, platform, Vote.NEGATIVE)
    entries.restore_entry(entry, reason=Reason.REVIEWED, actor=STAFF)
    other_reason = list(REASONS)[1]
    actions.submit_feedback(entry.reference, "pdq", Vote.NEGATIVE, other_reason, actor=platforms[0].actor)
    report(entry, platforms[1], Decision.NOT_VIOLATING)
    assert standing(entry)[0] == EntryState.LISTED
    vote(entry, platforms[2], Vote.NEGATIVE)
    assert standing(entry)[0] == EntryState.QUARANTINED


@pytest.mark.parametrize(
    ("before", "after", "does"),
    [
        (Tally(0, 0), Tally(1, 0), False),
        (Tally(1, 0), Tally(2, 0), True),
        (Tally(0, 1), Tally(0, 2), True),
        (Tally(0, 2), Tally(0, 2), False),
        (Tally(0, 3), Tally(0, 2), False),
        (Tally(1, 1), Tally(2, 0), True),
    ],
)
def test_only_what_changes_an_entrys_worth_weighs(before: Tally, after: Tally, does: bool) -> None:
    assert rules.weighs(before, after) is does


@pytest.mark.django_db(transaction=True)
def test_two_who_say_no_at_the_same_moment_both_count(entry: Entry, platforms: list[Partner]) -> None:
    """The second waits for the first; neither counts without the other."""
    spoken, go_on = threading.Event(), threading.Event()

    def first() -> None:
        with transaction.atomic():
            vote(entry, platforms[0], Vote.NEGATIVE)
            spoken.set()
            go_on.wait(10)
        connection.close()

    def second() -> None:
        vote(entry, platforms[1], Vote.NEGATIVE)
        connection.close()

    threads = [threading.Thread(target=work) for work in (first, second)]
    threads[0].start()
    assert spoken.wait(10)
    threads[1].start()
    threads[1].join(0.2)
    assert not Feedback.objects.exists()
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert standing(entry) == (EntryState.QUARANTINED, Confidence.DISPUTED)
