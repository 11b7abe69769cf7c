"""Read reviews."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext

from partners.feed import queries as feed
from partners.organisations import queries as organisations
from partners.organisations.models import Application, Organisation
from partners.organisations.states import ApplicationState
from partners.outcomes.models import Outcome
from portal.conversations import queries as conversations
from portal.conversations.models import Message
from portal.proposals import queries as proposals
from portal.proposals.models import Proposal
from portal.reviews import rules
from portal.reviews.models import Decision, Note, Review
from portal.reviews.states import (
    CHANGES,
    DECISIONS,
    UNDOABLE,
    DecisionState,
    ReviewDecision,
    ReviewKind,
    ReviewState,
    Urgency,
)
from portal.stories import queries as stories
from registry.access.actors import Actor, Role
from registry.access.refusals import NotFound
from registry.accounts import queries as accounts
from registry.entries import queries as entries
from registry.entries.models import Entry, Flag, HeldChange
from registry.policy import queries as policy
from registry.policy.states import Window

WORKABLE = (ReviewState.OPEN, ReviewState.CLAIMED)
MINE = "mine"
FOR_A_SECOND = Q(state=ReviewState.HELD) | (Q(state__in=WORKABLE) & ~Q(proposed_by=""))
"""What waits for a second person: a reviewer's decision that is held, or what was proposed elsewhere."""
APPLYING = (ReviewKind.APPLICATION, ReviewKind.ACTIVATION)


@dataclass(frozen=True, slots=True)
class Filter:
    """What somebody wants to see of the queue; empty means all that can be worked on."""

    kind: str = ""
    state: str = ""
    urgency: str = ""
    organisation: int | None = None


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One line of the queue. `title` says in words what it is about; `holder` who has it."""

    review: Review
    title: str
    urgency: Urgency
    holder: str


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """A filter one click away: its query in the address, its name, and how many reviews it shows."""

    query: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Need:
    """Something that asks for a review. `since`: when it happened; `proposed_by`: who may not decide it."""

    kind: ReviewKind
    subject: str
    since: datetime
    proposed_by: str = ""
    organisation: Organisation | None = None
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """All a reviewer sees of a review, in order. `history`: of the entry, where the review is about one.

    `about`: what is reviewed where that is no entry: a conversation, an application, a change or a proposal.
    """

    item: QueueItem
    about: Any
    outcome: Outcome | None
    flag: Flag | None
    history: stories.History | None
    other_outcomes: list[Outcome]
    earlier: list[Review]
    decisions: list[tuple[Decision, str]]
    notes: list[tuple[Note, str]]


def queue() -> QuerySet[Review]:
    """Give the reviews that are not done, the most urgent first."""
    return Review.objects.exclude(state=ReviewState.DECIDED).order_by("due_at", "id")


def filtered(wanted: Filter, actor: Actor) -> QuerySet[Review]:
    """Give the reviews somebody asked for, the most urgent first."""
    found = Review.objects.filter(kind__in=rules.kinds_seen(actor.roles)).order_by("due_at", "id")
    if wanted.state == MINE:
        found = found.filter(state=ReviewState.CLAIMED, claimed_by=actor.reference)
    elif wanted.state == ReviewState.HELD:
        found = found.filter(FOR_A_SECOND)
    elif wanted.state:
        found = found.filter(state=wanted.state)
    else:
        found = found.filter(state__in=WORKABLE)
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.organisation:
        found = found.filter(organisation=wanted.organisation)
    now = timezone.now()
    if wanted.urgency == Urgency.LATE:
        return found.filter(due_at__lte=now)
    if wanted.urgency == Urgency.SOON:
        return found.filter(due_at__gt=now, due_at__lte=now + rules.SOON)
    return found.filter(due_at__gt=now + rules.SOON) if wanted.urgency else found


def saved_filters(actor: Actor) -> list[SavedFilter]:
    """Give the filters one click away. All are counted in one statement, so that the numbers belong together."""
    workable, kinds = Q(state__in=WORKABLE), rules.kinds_seen(actor.roles)
    filters = {
        "": (gettext("To be worked on"), workable),
        f"state={MINE}": (gettext("Mine"), Q(state=ReviewState.CLAIMED, claimed_by=actor.reference)),
        f"urgency={Urgency.LATE}": (gettext("Late"), workable & Q(due_at__lte=timezone.now())),
        f"state={ReviewState.HELD}": (gettext("For a second person"), FOR_A_SECOND),
        f"state={ReviewState.SNOOZED}": (gettext("Snoozed"), Q(state=ReviewState.SNOOZED)),
        **{f"kind={kind}": (str(kind.label), workable & Q(kind=kind)) for kind in kinds},
    }
    columns = {f"n{number}": Count("pk", filter=wanted) for number, (_, wanted) in enumerate(filters.values())}
    counted = queue().filter(kind__in=kinds).aggregate(**columns)
    return [
        SavedFilter(query, label, counted[f"n{number}"]) for number, (query, (label, _)) in enumerate(filters.items())
    ]


def queue_items(reviews: Iterable[Review]) -> list[QueueItem]:
    """Give reviews as lines of the queue, in five statements whatever their number."""
    reviews = list(reviews)
    titles, names, now = (
        _titles(reviews),
        accounts.addresses_of(review.claimed_by for review in reviews),
        timezone.now(),
    )
    return [
        QueueItem(review, titles[review.pk], rules.urgency(review.due_at, now), names.get(review.claimed_by or "", ""))
        for review in reviews
    ]


def review_named(reference: str, actor: Actor) -> Review:
    """Give the review of this reference to somebody who has a part in its kind. Raises NotFound, NotAllowed."""
    review = Review.objects.select_related("organisation").filter(reference=reference).first()
    if review is None:
        raise NotFound("There is no review at this address.")
    rules.check_sees(review.kind, actor.roles)
    return review


def related_to(reference: str, actor: Actor) -> str:
    """Give the references of the entry a review is about and of those that share a digest, one a line."""
    entry = entry_of(review_named(reference, actor))
    if entry is None:
        return ""
    related = stories.history_of(entry.reference).related
    return "\n".join([entry.reference, *(other.reference for other in related)])


def change_of(story: Story) -> str:
    """Give in words what is proposed for many entries; empty where nothing is."""
    return str(CHANGES[story.about.verb]) if isinstance(story.about, HeldChange) else ""


def can_escalate(review: Review) -> bool:
    """Tell whether a senior reviewer can be asked for: not about what two people decide, or partner managers do."""
    return review.kind in (*UNDOABLE, ReviewKind.MESSAGE) and not review.is_escalated


def can_reopen(review: Review, actor: Actor) -> bool:
    """Tell whether this person may take up again what was decided here."""
    is_standing = review.decision not in (None, ReviewDecision.SUPERSEDE)
    return Role.SENIOR_REVIEWER in actor.roles and review.kind in UNDOABLE and is_standing


def lock(review: Review) -> Review:
    """Give the review as it is now, locked until the transaction ends."""
    return Review.objects.select_for_update().get(pk=review.pk)


def lock_next(wanted: Filter, actor: Actor) -> Review | None:
    """Give the most urgent review that is free for this person, locked; what somebody else is taking is passed by."""
    return _free_for(actor, filtered(wanted, actor)).select_for_update(skip_locked=True).first()


def lock_abandoned(limit: int) -> list[Review]:
    """Give up to `limit` claims whose lease is over, locked, oldest first."""
    over = Review.objects.filter(state=ReviewState.CLAIMED, leased_until__lte=timezone.now())
    return list(over.order_by("leased_until").select_for_update(skip_locked=True)[:limit])


def lock_rested(limit: int) -> list[Review]:
    """Give up to `limit` snoozed reviews whose time has come, locked."""
    over = Review.objects.filter(state=ReviewState.SNOOZED, wakes_at__lte=timezone.now())
    return list(over.order_by("wakes_at").select_for_update(skip_locked=True)[:limit])


def lock_held_decision(review: Review) -> Decision:
    """Give the decision that waits for a second person, locked. Raises NotFound."""
    held = review.decisions.select_for_update().filter(state=DecisionState.HELD).first()
    if held is None:
        raise NotFound("No decision waits here for a second person.")
    return held


def claimed_by(actor: Actor) -> Review | None:
    """Give what this person has taken and not done, the most urgent first."""
    return queue().filter(state=ReviewState.CLAIMED, claimed_by=actor.reference).first()


def undecided_about(outcome: Outcome) -> Review | None:
    """Give the review of an outcome while it is not done."""
    return queue().filter(kind=ReviewKind.OUTCOME, subject=outcome.reference).first()


def outcome_of(review: Review) -> Outcome:
    """Give the outcome the review is about."""
    return Outcome.objects.select_related("organisation").get(reference=review.subject)


def application_of(review: Review) -> Application:
    """Give the application the review is about. Raises NotFound."""
    return organisations.application_named(review.subject.partition(":")[0])


def proposal_of(review: Review) -> Proposal:
    """Give the proposal the review is about. Raises NotFound."""
    return proposals.proposal_named(review.subject)


def is_unanswered(review: Review) -> bool:
    """Tell whether the conversation a review is about still waits for an answer."""
    return conversations.unanswered().filter(reference=review.subject).exists()


def needless(needs: Iterable[Need], others: Iterable[ReviewKind]) -> QuerySet[Review]:
    """Give the waiting reviews, but for those of other kinds, of what nothing needs any more.

    Whoever works on a removal when the platform fetches it ends that review themselves.
    """
    is_being_closed = Q(kind=ReviewKind.REMOVAL) & ~Q(state=ReviewState.OPEN)
    waiting = queue().exclude(kind__in=others).exclude(state=ReviewState.HELD).exclude(is_being_closed)
    return waiting.exclude(subject__in=[need.subject for need in needs])


def flag_of(review: Review) -> Flag | None:
    """Give the flag the review is about; None once its entry was erased."""
    return Flag.objects.select_related("entry").filter(pk=int(review.subject)).first()


def entry_of(review: Review) -> Entry | None:
    """Give the entry the review is about, if it is about one."""
    return Entry.objects.filter(reference=review.entry_reference).first()


def lock_entry(review: Review) -> Entry:
    """Give the entry the review is about, locked. Raises NotFound once it is erased."""
    entry = Entry.objects.select_for_update().filter(reference=review.entry_reference).first()
    if entry is None or entry.nonce is None:
        raise NotFound("The entry was withdrawn meanwhile. There is nothing left to decide.")
    return entry


def unreviewed_flags(limit: int) -> list[Flag]:
    """Give up to `limit` open flags that no review was opened for, locked, oldest first."""
    named = Review.objects.filter(kind=ReviewKind.FLAG, subject=Cast(OuterRef("pk"), CharField()))
    flags = Flag.objects.filter(~Exists(named), is_open=True).select_related("entry").order_by("pk")
    return list(flags.select_for_update(of=("self",), skip_locked=True)[:limit])


def overtaken_flags() -> QuerySet[Review]:
    """Give the waiting reviews of flags that are gone, because their entry was erased."""
    there = Flag.objects.annotate(name=Cast("pk", CharField())).filter(name=OuterRef("subject"))
    return queue().filter(~Exists(there), kind=ReviewKind.FLAG).exclude(state=ReviewState.HELD)


def unfetched() -> list[feed.Unfetched]:
    """Give for each platform the oldest removal it has left unfetched for too long."""
    return feed.unfetched(timezone.now() - policy.window(Window.UNFETCHED))


def due_at(kind: ReviewKind, since: datetime, *, is_urgent: bool = False) -> datetime:
    """Give when a review of what happened at `since` is due, by the windows that are set."""
    return since + policy.window(rules.window_of(kind, is_urgent=is_urgent))


def needs() -> list[Need]:
    """Give what asks for a review besides outcomes, flags and messages: all of it, reviewed already or not."""
    now = timezone.now()
    found = [Need(ReviewKind.REMOVAL, r.subject, r.published, organisation=r.organisation) for r in unfetched()]
    for application in organisations.awaiting_staff():
        is_activation = application.state == ApplicationState.PROPOSED
        kind = ReviewKind.ACTIVATION if is_activation else ReviewKind.APPLICATION
        subject = f"{application.reference}:{application.state}"
        found.append(Need(kind, subject, now, application.proposed_by if is_activation else ""))
    part_of_reviews = Decision.objects.filter(state=DecisionState.HELD).values("held_change")
    changes = entries.held().exclude(reference__in=part_of_reviews)
    found += [Need(ReviewKind.BULK, change.reference, now, change.proposed_by) for change in changes]
    found += [
        Need(ReviewKind.PROPOSAL, proposal.reference, proposal.proposed_at, proposal.proposed_by, proposal.organisation)
        for proposal in proposals.waiting()
    ]
    return found


def unanswered() -> list[Need]:
    """Give what reporters wrote and nobody answered, once a conversation: the urgent one, or else the first."""
    firsts: dict[UUID, Message] = {}
    for message in conversations.unanswered():
        firsts.setdefault(message.report_id, message)
    now = timezone.now()
    return [Need(ReviewKind.MESSAGE, str(m.reference), now, is_urgent=m.is_urgent) for m in firsts.values()]


def story_of(review: Review, actor: Actor) -> Story:
    """Give the story of a review in order, as far as this person may read it."""
    (item,) = queue_items([review])
    history = stories.history_of(review.entry_reference) if review.entry_reference else None
    outcomes = history.outcomes if history else []
    decisions, notes = list(review.decisions.order_by("pk")), list(review.notes.order_by("pk"))
    names = accounts.addresses_of([*(decision.made_by for decision in decisions), *(note.author for note in notes)])
    return Story(
        item=item,
        about=_about(review, actor),
        outcome=next((outcome for outcome in outcomes if outcome.reference == review.subject), None),
        flag=flag_of(review) if review.kind == ReviewKind.FLAG else None,
        history=history,
        other_outcomes=[outcome for outcome in outcomes if outcome.reference != review.subject],
        earlier=_earlier(review),
        decisions=[(decision, names.get(decision.made_by, "")) for decision in decisions],
        notes=[(note, names.get(note.author, "")) for note in notes],
    )


def next_for(actor: Actor) -> Review | None:
    """Give what this person has taken and not done, or else the most urgent review that nobody has."""
    return claimed_by(actor) or _free_for(actor, filtered(Filter(), actor)).first()


def choices_for(review: Review) -> list[ReviewDecision]:
    """Give what may be decided in this review, the usual one first."""
    return list(DECISIONS[ReviewKind(review.kind)])


def told(review: Review, decision: str) -> str:
    """Give what is said after a decision: what it did, or that it waits for a second person."""
    if review.state == ReviewState.HELD:
        return gettext("This takes two people. A colleague has to agree before anything happens.")
    return ReviewDecision(decision).told


def is_time_for_a_break(decided: int) -> bool:
    """Tell whether, after so many decisions, a pause should be offered."""
    return decided % rules.BREAK_AFTER == 0


def held_decision(review: Review) -> Decision | None:
    """Give the decision that waits for a second person, if one does."""
    return review.decisions.filter(state=DecisionState.HELD).first() if review.state == ReviewState.HELD else None


def is_first(review: Review, actor: Actor) -> bool:
    """Tell whether this person gave the first word of a held decision, and so cannot give the second."""
    held = held_decision(review)
    return held is not None and held.made_by == actor.reference


def platforms() -> list[tuple[int, str]]:
    """Give (id, name) of every platform, by name."""
    return list(organisations.members().order_by("name").values_list("pk", "name"))


def colleagues(review: Review, actor: Actor) -> list[tuple[str, str]]:
    """Give (reference, e-mail address) of the others who may take this review."""
    roles = rules.takers(review.kind, review.is_escalated)
    people = [(str(account.reference), account.email) for account in accounts.holders_of(*roles)]
    return [person for person in people if person[0] not in (actor.reference, review.proposed_by)]


def _free_for(actor: Actor, reviews: QuerySet[Review]) -> QuerySet[Review]:
    free = reviews.filter(state=ReviewState.OPEN).exclude(proposed_by=actor.reference)
    return free if Role.SENIOR_REVIEWER in actor.roles else free.filter(is_escalated=False)


def _about(review: Review, actor: Actor) -> Any:
    """Give what a review is about where that is no entry. A reporter's words are for whoever has taken them alone."""
    match review.kind:
        case ReviewKind.MESSAGE:
            is_theirs = review.state == ReviewState.CLAIMED and review.claimed_by == actor.reference
            return conversations.thread_around(UUID(review.subject)) if is_theirs else None
        case ReviewKind.APPLICATION | ReviewKind.ACTIVATION:
            return application_of(review)
        case ReviewKind.BULK:
            return entries.change_named(review.subject)
        case ReviewKind.PROPOSAL:
            return proposal_of(review)
    return None


def _earlier(review: Review) -> list[Review]:
    if not review.entry_reference:
        return []
    return list(Review.objects.filter(entry_reference=review.entry_reference).exclude(pk=review.pk).order_by("pk"))


def _titles(reviews: list[Review]) -> dict[int, str]:
    subjects: dict[str, list[str]] = {kind: [] for kind in ReviewKind}
    for review in reviews:
        subjects[review.kind].append(review.subject)
    outcomes = Outcome.objects.filter(reference__in=subjects[ReviewKind.OUTCOME]).select_related("organisation")
    titles = {o.reference: f"{o.organisation.name}: {o.get_decision_display()}" for o in outcomes}
    flags = Flag.objects.filter(pk__in=map(int, subjects[ReviewKind.FLAG]))
    titles |= {str(flag.pk): flag.get_kind_display() for flag in flags}
    names = [subject.partition(":")[0] for kind in APPLYING for subject in subjects[kind]]
    applying = {a.reference: a for a in organisations.applications().filter(reference__in=names)} if names else {}
    about = {r.subject: applying.get(r.subject.partition(":")[0]) for r in reviews if r.kind in APPLYING}
    titles |= {subject: f"{a.name}: {a.get_state_display()}" for subject, a in about.items() if a}
    if subjects[ReviewKind.PROPOSAL]:
        found = proposals.proposals_named(subjects[ReviewKind.PROPOSAL])
        titles |= {proposal.reference: str(proposal) for proposal in found}
    named = [review.organisation_id or 0 for review in reviews if review.kind == ReviewKind.REMOVAL]
    platforms = Organisation.objects.in_bulk(named) if named else {}
    for review in reviews:
        if platform := platforms.get(review.organisation_id or 0):
            titles.setdefault(review.subject, gettext("%s: removal not fetched") % platform.name)
    return {review.pk: titles.get(review.subject) or str(ReviewKind(review.kind).label) for review in reviews}
