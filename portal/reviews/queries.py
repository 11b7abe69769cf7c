"""Read reviews."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import CharField, Count, Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext

from partners.feed.models import Download
from partners.organisations.models import Organisation
from partners.outcomes.models import Feedback, Outcome
from partners.outcomes.states import REASONS
from portal.reviews import rules
from portal.reviews.models import Decision, Note, Review
from portal.reviews.states import (
    DECISIONS,
    LIFE,
    Contradiction,
    DecisionState,
    ReviewDecision,
    ReviewKind,
    ReviewState,
    Urgency,
)
from registry.access.actors import Actor, Role
from registry.access.refusals import NotFound
from registry.accounts.models import Account
from registry.entries.models import Entry, Fingerprint, Flag
from registry.log import queries as log
from registry.log.events import Change
from registry.log.models import Leaf
from registry.log.states import LogName

WORKABLE = (ReviewState.OPEN, ReviewState.CLAIMED)
GONE = [change.value for change in Change if not change.is_live and change is not Change.STATE]
MINE = "mine"
MOST_RELATED = 10


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
class Counts:
    """How many reviews there are of each sort, all at one moment."""

    workable: int
    mine: int
    late: int
    snoozed: int
    held: int
    flags: int
    escalated: int


@dataclass(frozen=True, slots=True)
class Unfetched:
    """A removal that a platform has not fetched: the oldest such leaf, and when it was published."""

    organisation: Organisation
    leaf_index: int
    published: datetime

    @property
    def subject(self) -> str:
        """Give the name under which it is reviewed."""
        return f"{self.organisation.member_id}:{self.leaf_index}"


@dataclass(frozen=True, slots=True)
class Moment:
    """One act in an entry's life, in words. What a reporter did has a day and no time."""

    words: str
    day: date
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Mask:
    """A fingerprint as anybody may see it: what it is, never its digits."""

    signal_type: str
    form: str
    quality: int | None


@dataclass(frozen=True, slots=True)
class Vote:
    """A platform's word on a fingerprint of the entry, with its reason in words."""

    organisation_name: str
    signal_type: str
    word: str
    reason: str
    recorded_on: date


@dataclass(frozen=True, slots=True)
class Story:
    """All a reviewer sees of a review, in order. `related`: other entries with a fingerprint in common."""

    item: QueueItem
    outcome: Outcome | None
    flag: Flag | None
    entry: Entry | None
    masks: list[Mask]
    other_outcomes: list[Outcome]
    votes: list[Vote]
    contradictions: list[Contradiction]
    life: list[Moment]
    related: list[Entry]
    earlier: list[Review]
    decisions: list[tuple[Decision, str]]
    notes: list[tuple[Note, str]]


def queue() -> QuerySet[Review]:
    """Give the reviews that are not done, the most urgent first."""
    return Review.objects.exclude(state=ReviewState.DECIDED).order_by("due_at", "id")


def filtered(wanted: Filter, actor: Actor) -> QuerySet[Review]:
    """Give the reviews somebody asked for, the most urgent first."""
    found = Review.objects.order_by("due_at", "id")
    if wanted.state == MINE:
        found = found.filter(state=ReviewState.CLAIMED, claimed_by=actor.reference)
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


def counts(actor: Actor) -> Counts:
    """Count the queue in one statement, so that the numbers belong together."""
    workable, claimed = Q(state__in=WORKABLE), Q(state=ReviewState.CLAIMED)
    found = queue().aggregate(
        workable=Count("pk", filter=workable),
        mine=Count("pk", filter=claimed & Q(claimed_by=actor.reference)),
        late=Count("pk", filter=workable & Q(due_at__lte=timezone.now())),
        snoozed=Count("pk", filter=Q(state=ReviewState.SNOOZED)),
        held=Count("pk", filter=Q(state=ReviewState.HELD)),
        flags=Count("pk", filter=workable & Q(kind=ReviewKind.FLAG)),
        escalated=Count("pk", filter=workable & Q(is_escalated=True)),
    )
    return Counts(**found)


def queue_items(reviews: Iterable[Review]) -> list[QueueItem]:
    """Give reviews as lines of the queue, in five statements whatever their number."""
    reviews = list(reviews)
    titles, names, now = _titles(reviews), names_of(review.claimed_by for review in reviews), timezone.now()
    return [
        QueueItem(review, titles[review.pk], rules.urgency(review.due_at, now), names.get(review.claimed_by or "", ""))
        for review in reviews
    ]


def review_named(reference: str) -> Review:
    """Give the review of this reference. Raises NotFound."""
    review = Review.objects.select_related("organisation").filter(reference=reference).first()
    if review is None:
        raise NotFound("There is no review at this address.")
    return review


def lock(review: Review) -> Review:
    """Give the review as it is now, locked until the transaction ends."""
    return Review.objects.select_for_update().get(pk=review.pk)


def lock_next(wanted: Filter, actor: Actor) -> Review | None:
    """Give the most urgent review that is free for this person, locked; what somebody else is taking is passed by."""
    free = filtered(wanted, actor).filter(state=ReviewState.OPEN)
    if Role.SENIOR_REVIEWER not in actor.roles:
        free = free.filter(is_escalated=False)
    return free.select_for_update(skip_locked=True).first()


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


def cursors() -> dict[int, int]:
    """Give how far each organisation that ever read the list has read: organisation id to leaf index."""
    return dict(Download.objects.values_list("organisation").annotate(reached=Max("reached")).order_by())


def unfetched() -> list[Unfetched]:
    """Give for each platform the oldest removal it has left unfetched for too long."""
    before = int((timezone.now() - rules.UNFETCHED_AFTER).timestamp())
    reached = cursors()
    found = []
    for organisation in Organisation.objects.filter(pk__in=reached).order_by("pk"):
        removals = Leaf.objects.filter(log=LogName.LIST, event__in=GONE, leaf_index__gt=reached[organisation.pk])
        leaf = removals.order_by("leaf_index").values_list("leaf_index", "published").first()
        if leaf and leaf[1] <= before:
            found.append(Unfetched(organisation, leaf[0], datetime.fromtimestamp(leaf[1], UTC)))
    return found


def story_of(review: Review) -> Story:
    """Give the story of a review in order."""
    (item,) = queue_items([review])
    about = review.entry_reference
    outcomes = list(Outcome.objects.filter(entry_reference=about).select_related("organisation").order_by("pk"))
    outcomes = outcomes if about else []
    votes = list(Feedback.objects.filter(entry_reference=about, is_current=True).select_related("organisation"))
    votes = votes if about else []
    own = next((outcome for outcome in outcomes if outcome.reference == review.subject), None)
    entry = entry_of(review)
    corrected = {outcome.corrects_id for outcome in outcomes if outcome.corrects_id}
    standing = [(outcome.organisation_id, outcome.decision) for outcome in outcomes if outcome.pk not in corrected]
    words = [(vote.organisation_id, vote.vote) for vote in votes]
    decisions, notes = list(review.decisions.order_by("pk")), list(review.notes.order_by("pk"))
    names = names_of([*(decision.made_by for decision in decisions), *(note.author for note in notes)])
    return Story(
        item=item,
        outcome=own,
        flag=flag_of(review) if review.kind == ReviewKind.FLAG else None,
        entry=entry,
        masks=_masks(entry),
        other_outcomes=[outcome for outcome in outcomes if outcome is not own],
        votes=[_vote(vote) for vote in votes],
        contradictions=rules.contradictions(standing, words, bool(corrected)),
        life=_life(review),
        related=_related(entry),
        earlier=_earlier(review),
        decisions=[(decision, names.get(decision.made_by, "")) for decision in decisions],
        notes=[(note, names.get(note.author, "")) for note in notes],
    )


def next_for(actor: Actor) -> Review | None:
    """Give what this person has taken and not done, or else the most urgent review that nobody has."""
    free = queue().filter(state=ReviewState.OPEN)
    if Role.SENIOR_REVIEWER not in actor.roles:
        free = free.filter(is_escalated=False)
    return claimed_by(actor) or free.first()


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
    return list(Organisation.objects.order_by("name").values_list("pk", "name"))


def colleagues(actor: Actor) -> list[tuple[str, str]]:
    """Give (reference, e-mail address) of the others who review."""
    reviewers = Account.objects.filter(is_active=True, roles__overlap=[Role.REVIEWER, Role.SENIOR_REVIEWER])
    people = [(str(account.reference), account.email) for account in reviewers.order_by("email")]
    return [person for person in people if person[0] != actor.reference]


def names_of(references: Iterable[str | None]) -> dict[str, str]:
    """Give the e-mail addresses of members of staff by their references."""
    known = {reference for reference in references if reference and _is_account(reference)}
    found = Account.objects.filter(reference__in=known) if known else Account.objects.none()
    return {str(account.reference): account.email for account in found}


def decided_since(since: timedelta) -> dict[str, int]:
    """Give how many decisions each person made of late, for balance: nobody should carry the week alone."""
    made = Decision.objects.filter(made_at__gte=timezone.now() - since)
    return dict(made.values_list("made_by").annotate(count=Count("pk")).order_by(F("count").desc()))


def _earlier(review: Review) -> list[Review]:
    if not review.entry_reference:
        return []
    return list(Review.objects.filter(entry_reference=review.entry_reference).exclude(pk=review.pk).order_by("pk"))


def _life(review: Review) -> list[Moment]:
    lines = log.acts_on(f"entry:{review.entry_reference}") if review.entry_reference else []
    return [Moment(str(LIFE[line.event]), line.day, line.at) for line in lines if line.event in LIFE]


def _masks(entry: Entry | None) -> list[Mask]:
    if entry is None:
        return []
    return [Mask(f.signal_type.upper(), f.form, f.quality) for f in entry.fingerprints.order_by("pk")]


def _vote(vote: Feedback) -> Vote:
    reason = REASONS[vote.reason].name if vote.reason in REASONS else ""
    word = str(vote.get_vote_display())
    return Vote(vote.organisation.name, vote.signal_type.upper(), word, reason, vote.recorded_on)


def _related(entry: Entry | None) -> list[Entry]:
    """Give other entries with the very same digest: the same file reported as something else, or a common one."""
    if entry is None:
        return []
    same = Fingerprint.objects.filter(digest__in=entry.fingerprints.values("digest")).exclude(entry=entry)
    return list(Entry.objects.filter(pk__in=same.values("entry")).order_by("pk")[:MOST_RELATED])


def _titles(reviews: list[Review]) -> dict[int, str]:
    subjects: dict[str, list[str]] = {kind: [] for kind in ReviewKind}
    for review in reviews:
        subjects[review.kind].append(review.subject)
    outcomes = {
        outcome.reference: f"{outcome.organisation.name}: {outcome.get_decision_display()}"
        for outcome in Outcome.objects.filter(reference__in=subjects[ReviewKind.OUTCOME]).select_related("organisation")
    }
    flags = {
        str(flag.pk): flag.get_kind_display()
        for flag in Flag.objects.filter(pk__in=map(int, subjects[ReviewKind.FLAG]))
    }
    named = [review.organisation_id or 0 for review in reviews if review.kind == ReviewKind.REMOVAL]
    organisations = {o.pk: f"{o.name}: removal not fetched" for o in Organisation.objects.filter(pk__in=named)}
    return {
        review.pk: {
            ReviewKind.OUTCOME: outcomes.get(review.subject),
            ReviewKind.FLAG: flags.get(review.subject),
            ReviewKind.REMOVAL: organisations.get(review.organisation_id or 0),
        }[ReviewKind(review.kind)]
        or str(ReviewKind(review.kind).label)
        for review in reviews
    }


def _is_account(reference: str) -> bool:
    try:
        uuid.UUID(reference)
    except ValueError:
        return False
    return True
