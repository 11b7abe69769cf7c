"""What is not an outcome comes up in the same queue: messages, applications, and what waits for a second person."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from partners.organisations import actions as organisations
from partners.organisations.models import Application
from partners.organisations.states import ApplicationState
from portal.conversations import actions as conversations
from portal.conversations import queries as threads
from portal.conversations.models import Message
from portal.proposals import actions as proposals
from portal.proposals.states import Ground, ProposalVerb
from portal.reports.models import Report
from portal.reviews import actions, queries, tasks
from portal.reviews.models import Review
from portal.reviews.states import ReviewDecision, ReviewKind, ReviewState
from registry.access.actors import Actor, ActorKind, Role
from registry.access.refusals import NotAllowed, Refused
from registry.entries.models import Entry, HeldChange
from registry.entries.states import Reason
from registry.log.models import PendingChange
from tests.partners.conftest import MakeListed, Partner, image
from tests.partners.organisations.test_applications import receive
from tests.portal.reviews.conftest import ANA, BEN, SUE, MakeReview
from tests.portal.staff.people import QUEUE, make_person, post

PIA, PAT = (Actor(ActorKind.STAFF, name, roles=frozenset({Role.PARTNER_MANAGER})) for name in ("pia", "pat"))
KIM = Actor(ActorKind.STAFF, "kim", roles=frozenset({Role.SENIOR_REVIEWER}))

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgotten_failures(db: None) -> None:
    cache.clear()


def opened(kind: ReviewKind) -> list[Review]:
    actions.open_reviews()
    actions.open_conversations()
    return list(queries.queue().filter(kind=kind))


def write(text: str, report: Report | None = None) -> Message:
    if report is None:
        report = Report.objects.create(reference=uuid4().hex[:12], key_hash=b"k" * 32, created_on=datetime.now(UTC))
    return conversations.write_message(report.pk, text)


def staff_acts() -> list[str]:
    rows = PendingChange.objects.filter(log="audit", record__actor__startswith="staff:").order_by("pk")
    return [row.record["event"] for row in rows]


def test_a_conversation_is_one_review_and_an_urgent_one_is_due_first() -> None:
    first = write("Will it ever be gone?")
    write("Please answer", first.report)
    urgent = write("I want to die")
    reviews = opened(ReviewKind.MESSAGE)
    assert [review.subject for review in reviews] == [str(urgent.reference), str(first.reference)]
    assert reviews[0].due_at - datetime.now(UTC) < timedelta(hours=2)
    assert opened(ReviewKind.MESSAGE) == reviews


def test_only_whoever_has_claimed_a_conversation_reads_it() -> None:
    write("Nobody else should read this")
    (review,) = opened(ReviewKind.MESSAGE)
    assert queries.story_of(review, ANA).about is None
    review = actions.claim_review(review, actor=ANA)
    assert [line.text for line in queries.story_of(review, ANA).about] == ["Nobody else should read this"]
    assert queries.story_of(review, BEN).about is None


def test_answering_ends_the_review_and_reaches_the_person_and_counts_once() -> None:
    message = write("When?")
    (review,) = opened(ReviewKind.MESSAGE)
    with pytest.raises(Refused, match="Claim this review first"):
        actions.answer_review(review, text="Soon.", actor=ANA)
    actions.claim_review(review, actor=ANA)
    with pytest.raises(Refused, match="Write the answer first"):
        actions.decide_review(review, decision="answer", actor=ANA)
    for _ in range(2):
        review = actions.answer_review(review, text="Soon.", actor=ANA)
    assert (review.state, review.decision) == (ReviewState.DECIDED, ReviewDecision.ANSWER)
    assert [line.text for line in threads.thread_of(message.report_id)] == ["When?", "Soon."]
    assert staff_acts() == ["review:claim", "message:answer", "review:decide"]
    assert opened(ReviewKind.MESSAGE) == []
    write("And now?", message.report)
    assert len(opened(ReviewKind.MESSAGE)) == 1


def test_a_thank_you_needs_no_answer() -> None:
    write("Thank you")
    (review,) = opened(ReviewKind.MESSAGE)
    actions.claim_review(review, actor=ANA)
    actions.decide_review(review, decision="set_aside", actor=ANA)
    assert staff_acts() == ["review:claim", "message:set_aside", "review:decide"]
    assert opened(ReviewKind.MESSAGE) == []


def test_a_conversation_that_is_gone_is_overtaken() -> None:
    message = write("Never mind")
    (review,) = opened(ReviewKind.MESSAGE)
    conversations.forget_messages(message.report_id)
    actions.open_reviews()
    review.refresh_from_db()
    assert review.state == ReviewState.OPEN  # not at that very moment: the log would tell it
    tasks.open_conversations()
    review.refresh_from_db()
    assert review.decision == ReviewDecision.SUPERSEDE


def test_the_answer_is_written_on_the_page() -> None:
    message = write("<b>When?</b>")
    (review,) = opened(ReviewKind.MESSAGE)
    client = make_person("ana@example.org", Role.REVIEWER).sign_in()
    page = f"{QUEUE}{review.reference}/"
    assert b"When?" not in client.get(page).content
    post(client, f"{page}claim/")
    assert b"&lt;b&gt;When?" in client.get(page).content
    assert post(client, f"{page}answer/", text=" ").status_code == 400
    assert post(client, f"{page}answer/", text="Soon.")["Location"] == QUEUE
    assert threads.answers_count(message.report_id) == 1


def test_an_application_waits_for_a_partner_manager_at_each_step_of_ours() -> None:
    application = receive()
    for step in ("take", "approve"):
        (review,) = opened(ReviewKind.APPLICATION)
        assert queries.queue_items([review])[0].title.startswith("Harbour Photos: ")
        with pytest.raises(NotAllowed):
            actions.claim_review(review, actor=ANA)
        actions.claim_review(review, actor=PIA)
        advance(application, step)
        actions.open_reviews()
        review.refresh_from_db()
        assert review.decision == ReviewDecision.SUPERSEDE
    assert opened(ReviewKind.APPLICATION) == []  # it is the applicant's turn


def advance(application: Application, step: str) -> None:
    from tests.partners.organisations.test_applications import STEPS  # noqa: PLC0415 - its verbs, by their names

    dict(STEPS)[step](application)


def proposed_activation() -> tuple[Application, Review]:
    application = receive(4)
    organisations.propose_activation(application, actor=PIA)
    (review,) = opened(ReviewKind.ACTIVATION)
    return application, review


def test_a_platform_is_let_in_from_the_queue_by_somebody_else() -> None:
    application, review = proposed_activation()
    with pytest.raises(NotAllowed, match="another one"):
        actions.claim_review(review, actor=PIA)
    assert queries.next_for(PIA) is None
    assert queries.next_for(PAT) == review
    actions.claim_review(review, actor=PAT)
    actions.decide_review(review, decision="agree", actor=PAT)
    application.refresh_from_db()
    assert application.state == ApplicationState.ACTIVE


def test_a_declined_activation_can_be_proposed_again() -> None:
    application, review = proposed_activation()
    actions.claim_review(review, actor=PAT)
    actions.decide_review(review, decision="decline", actor=PAT)
    application.refresh_from_db()
    assert (application.state, application.proposed_by) == (ApplicationState.CERTIFIED, "")
    assert len(opened(ReviewKind.APPLICATION)) == 1
    organisations.propose_activation(application, actor=PAT)
    (again,) = opened(ReviewKind.ACTIVATION)
    assert again != review


def test_a_change_of_many_entries_waits_for_a_second_reviewer(make_listed: MakeListed) -> None:
    named = [entry.reference for entry in make_listed(image(1), image(2), image(3))]
    with pytest.raises(NotAllowed):
        actions.propose_many("quarantine", named, reason=Reason.MISTAKE, actor=ANA)
    actions.propose_many("quarantine", named, reason=Reason.MISTAKE, actor=SUE)
    (review,) = opened(ReviewKind.BULK)
    with pytest.raises(NotAllowed):
        actions.claim_review(review, actor=SUE)
    actions.claim_review(review, actor=ANA)
    assert set(Entry.objects.values_list("state", flat=True)) == {"listed"}
    actions.decide_review(review, decision="agree", actor=ANA)
    assert set(Entry.objects.values_list("state", flat=True)) == {"quarantined"}
    assert opened(ReviewKind.BULK) == []


def test_a_declined_change_of_many_entries_changes_none(make_listed: MakeListed) -> None:
    (entry,) = make_listed(image(1))
    actions.propose_many("quarantine", [entry.reference], reason=Reason.MISTAKE, actor=SUE)
    (review,) = opened(ReviewKind.BULK)
    actions.claim_review(review, actor=KIM)
    actions.decide_review(review, decision="decline", actor=KIM)
    entry.refresh_from_db()
    assert (entry.state, HeldChange.objects.get().state) == ("listed", "declined")


def test_a_decision_that_a_reviewer_holds_is_no_second_review(make_flagged: Callable[..., Review]) -> None:
    review = make_flagged(affirming=2, negative=0)
    actions.claim_review(review, actor=ANA)
    actions.decide_review(review, decision="uphold", actor=ANA)
    assert opened(ReviewKind.BULK) == []
    assert [found.pk for found in queries.filtered(queries.Filter(state="held"), BEN)] == [review.pk]


def test_a_suspension_is_agreed_to_from_the_queue_and_the_keys_die(partner: Partner) -> None:
    proposals.propose_about_platform(ProposalVerb.SUSPEND, partner.organisation, ground=Ground.BREACH, actor=PIA)
    (review,) = opened(ReviewKind.PROPOSAL)
    assert queries.queue_items([review])[0].title == "Suspend a platform: Platform A"
    assert [found.pk for found in queries.filtered(queries.Filter(state="held"), SUE)] == [review.pk]
    assert Client().get("/api/v1/outcomes", headers=partner.bearer).status_code == 200
    actions.claim_review(review, actor=SUE)
    actions.decide_review(review, decision="agree", actor=SUE)
    assert Client().get("/api/v1/outcomes", headers=partner.bearer).status_code == 401
    with pytest.raises(Refused, match="cannot be opened again"):
        actions.reopen_review(review, actor=SUE)


def test_a_proposal_decided_elsewhere_is_overtaken(partner: Partner) -> None:
    proposal = proposals.propose_about_platform(
        ProposalVerb.SUSPEND, partner.organisation, ground=Ground.BREACH, actor=PIA
    )
    (review,) = opened(ReviewKind.PROPOSAL)
    proposals.decline_proposal(proposal, actor=PAT)
    assert opened(ReviewKind.PROPOSAL) == []
    review.refresh_from_db()
    assert review.decision == ReviewDecision.SUPERSEDE


def test_many_entries_are_proposed_on_their_page(make_listed: MakeListed) -> None:
    entries = make_listed(image(1), image(2))
    client = make_person("sue@example.org", Role.SENIOR_REVIEWER).sign_in()
    text = "\n".join(entry.reference for entry in entries)
    fields = {"verb": "quarantine", "reason": "mistake"}
    assert post(client, f"{QUEUE}many/", **fields, entries="unknown").status_code == 400
    assert post(client, f"{QUEUE}many/", **fields, entries=text)["Location"] == QUEUE
    assert HeldChange.objects.get().entries == sorted(text.split())


def test_each_role_opens_only_reviews_of_its_kinds() -> None:
    write("Hello")
    _, activation = proposed_activation()
    (message,) = opened(ReviewKind.MESSAGE)
    for role, sees in (
        (Role.REVIEWER, [message]),
        (Role.PARTNER_MANAGER, [activation]),
        (Role.SENIOR_REVIEWER, [message, activation]),
        (Role.AUDITOR, [message, activation]),
    ):
        client = make_person(f"{role.value.replace(' ', '')}@example.org", role).sign_in()
        for review in (message, activation):
            answer = client.get(f"{QUEUE}{review.reference}/")
            assert answer.status_code == (200 if review in sees else 403)
            assert (review.reference.encode() in client.get(QUEUE).content) is (review in sees)


@pytest.mark.django_db(transaction=True)
def test_two_who_agree_at_once_act_once(partner: Partner) -> None:
    proposal = proposals.propose_about_platform(
        ProposalVerb.SUSPEND, partner.organisation, ground=Ground.BREACH, actor=PIA
    )
    seconds = [Actor(ActorKind.STAFF, f"p{n}", roles=frozenset({Role.PARTNER_MANAGER})) for n in range(4)]

    def agree(actor: Actor) -> Any:
        try:
            proposals.agree_to_proposal(proposal, actor=actor)
        except Refused as refused:
            return refused.reason
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(len(seconds)) as pool:
        said = list(pool.map(agree, seconds))
    assert said.count(None) == 1
    assert said.count("This proposal is decided already. Nothing was changed.") == len(seconds) - 1
    assert staff_acts().count("organisation:suspend") == 1


def test_the_queue_takes_few_statements_whatever_waits(
    make_review: MakeReview, make_flagged: MakeReview, partner: Partner, django_assert_max_num_queries: Any
) -> None:
    for _ in range(3):
        make_review()
        make_flagged()
        write("Hello")
    proposed_activation()
    receive()
    proposals.propose_about_platform(ProposalVerb.SUSPEND, partner.organisation, ground=Ground.BREACH, actor=PIA)
    (entry, *_) = Entry.objects.filter(state="listed")
    actions.propose_many("quarantine", [entry.reference], reason=Reason.MISTAKE, actor=SUE)
    actions.open_reviews()
    actions.open_conversations()
    assert set(queries.queue().values_list("kind", flat=True)) == set(ReviewKind) - {ReviewKind.REMOVAL}
    client = make_person("ana@example.org", Role.REVIEWER, Role.SENIOR_REVIEWER, Role.PARTNER_MANAGER).sign_in()
    with django_assert_max_num_queries(15):
        assert client.get(QUEUE).status_code == 200
