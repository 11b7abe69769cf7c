"""Read reviews."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from partners.outcomes.models import Outcome
from portal.reviews import rules
from portal.reviews.models import Review
from portal.reviews.states import LIFE, ReviewKind, ReviewState, Urgency
from registry.access.actors import Actor
from registry.access.refusals import NotFound
from registry.log import queries as log


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One line of the queue."""

    review: Review
    outcome: Outcome
    urgency: Urgency


@dataclass(frozen=True, slots=True)
class Moment:
    """One act in an entry's life, in words. What a reporter did has a day and no time."""

    words: str
    day: date
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Story:
    """All a reviewer sees: what the platform answered, what else was answered about the entry, the entry's life."""

    item: QueueItem
    other_outcomes: list[Outcome]
    life: list[Moment]


def queue() -> QuerySet[Review]:
    """Give the reviews that are not done, the most urgent first."""
    return Review.objects.exclude(state=ReviewState.DECIDED).order_by("due_at", "id")


def queue_page(size: int) -> list[QueueItem]:
    """Give the `size` most urgent reviews with what they are about."""
    return _items(list(queue()[:size]))


def review_named(reference: str) -> Review:
    """Give the review of this reference. Raises NotFound."""
    review = Review.objects.filter(reference=reference).first()
    if review is None:
        raise NotFound("There is no review at this address.")
    return review


def lock(review: Review) -> Review:
    """Give the review as it is now, locked until the transaction ends."""
    return Review.objects.select_for_update().get(pk=review.pk)


def undecided_about(outcome: Outcome) -> Review | None:
    """Give the review of an outcome while it is not done."""
    return queue().filter(kind=ReviewKind.OUTCOME, subject=outcome.reference).first()


def outcome_of(review: Review) -> Outcome:
    """Give what the review is about."""
    return _outcomes([review])[review.subject]


def story_of(review: Review) -> Story:
    """Give the story of a review in order."""
    (item,) = _items([review])
    about = Outcome.objects.filter(entry_reference=item.outcome.entry_reference).exclude(pk=item.outcome.pk)
    others = list(about.select_related("organisation").order_by("pk"))
    lines = log.acts_on(f"entry:{item.outcome.entry_reference}")
    life = [Moment(str(LIFE[line.event]), line.day, line.at) for line in lines if line.event in LIFE]
    return Story(item, others, life)


def next_for(actor: Actor) -> Review | None:
    """Give what this person has taken and not done, or else the most urgent review that nobody has."""
    mine = queue().filter(claimed_by=actor.reference).first()
    return mine or queue().filter(state=ReviewState.OPEN).first()


def _items(reviews: list[Review]) -> list[QueueItem]:
    outcomes = _outcomes(reviews)
    now = timezone.now()
    return [QueueItem(review, outcomes[review.subject], rules.urgency(review.due_at, now)) for review in reviews]


def _outcomes(reviews: Iterable[Review]) -> dict[str, Outcome]:
    named = Outcome.objects.filter(reference__in=[review.subject for review in reviews])
    return {outcome.reference: outcome for outcome in named.select_related("organisation")}
