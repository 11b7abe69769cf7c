"""Read an entry's story."""

from dataclasses import dataclass
from datetime import date, datetime

from partners.outcomes.models import Feedback, Outcome
from partners.outcomes.states import REASONS
from portal.stories import rules
from portal.stories.states import LIFE, Contradiction
from registry.entries.models import Entry, Fingerprint
from registry.log import queries as log
from registry.screening import queries as screening

MOST_RELATED = 10


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
class History:
    """All there is to read of an entry, in order. `entry`: None once its rows are gone.

    `related` share a digest with it; `alike` are others on the list that look like it, the nearest first.
    """

    entry: Entry | None
    masks: list[Mask]
    outcomes: list[Outcome]
    votes: list[Vote]
    contradictions: list[Contradiction]
    life: list[Moment]
    related: list[Entry]
    alike: list[Entry]


def history_of(reference: str) -> History:
    """Give the story of the entry of this reference."""
    entry = Entry.objects.filter(reference=reference).first()
    outcomes = list(Outcome.objects.filter(entry_reference=reference).select_related("organisation").order_by("pk"))
    votes = list(Feedback.objects.filter(entry_reference=reference, is_current=True).select_related("organisation"))
    corrected = {outcome.corrects_id for outcome in outcomes if outcome.corrects_id}
    standing = [
        (outcome.organisation_id, outcome.decision, outcome.details.get("appeal", ""))
        for outcome in outcomes
        if outcome.pk not in corrected
    ]
    words = [(vote.organisation_id, vote.vote) for vote in votes]
    related = _related(entry)
    return History(
        entry=entry,
        masks=_masks(entry),
        outcomes=outcomes,
        votes=[_vote(vote) for vote in votes],
        contradictions=rules.contradictions(standing, words, bool(corrected)),
        life=_life(reference),
        related=related,
        alike=_alike(reference, related),
    )


def _life(reference: str) -> list[Moment]:
    lines = log.acts_on(f"entry:{reference}")
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


def _alike(reference: str, related: list[Entry]) -> list[Entry]:
    """Give other entries on the list whose pictures look like this one's, beyond those that share a digest."""
    near = [name for name, _ in screening.related(reference)]
    found = Entry.objects.exclude(pk__in=[entry.pk for entry in related]).in_bulk(near, field_name="reference")
    return [found[name] for name in near if name in found][:MOST_RELATED]
