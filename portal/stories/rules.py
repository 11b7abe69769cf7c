"""What does not fit together in the answers about one entry. Takes values."""

from collections.abc import Iterable

from portal.stories.states import Contradiction

_ACTED = frozenset({"removed", "restricted", "blocked_at_upload"})
_CLEARED = "not_violating"
_OPEN_APPEALS = frozenset({"received", "overturned"})
"""An appeal that was refused does not stand against the answer."""


def contradictions(
    answers: Iterable[tuple[int, str, str]], votes: Iterable[tuple[int, str]], is_corrected: bool
) -> list[Contradiction]:
    """Give what does not fit together: `answers` (organisation, decision, appeal), `votes` (organisation, vote)."""
    answers, votes = set(answers), set(votes)
    acted = {organisation for organisation, decision, _ in answers if decision in _ACTED}
    cleared = {organisation for organisation, decision, _ in answers if decision == _CLEARED}
    appealed = {organisation for organisation, _, appeal in answers if appeal in _OPEN_APPEALS}
    affirmed = {organisation for organisation, vote in votes if vote == "affirm"}
    denied = {organisation for organisation, vote in votes if vote == "negative"}
    found = {
        Contradiction.PLATFORMS_DISAGREE: any(one != other for one in acted for other in cleared),
        Contradiction.AFFIRMED_AND_CLEARED: bool(affirmed & cleared),
        Contradiction.DENIED_AND_REMOVED: bool(denied & acted),
        Contradiction.APPEALED: bool((affirmed | acted) & appealed),
        Contradiction.CHANGED_ITS_ANSWER: is_corrected,
    }
    return [contradiction for contradiction, holds in found.items() if holds]
