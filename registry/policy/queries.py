"""Read what is set."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from registry.policy.models import ChosenWindow, RetiredReason
from registry.policy.states import BOUNDS, ReasonList, Window


def window(name: Window) -> timedelta:
    """Give how long something may take."""
    chosen = ChosenWindow.objects.filter(name=name).values_list("hours", flat=True).first()
    return timedelta(hours=BOUNDS[name].usual if chosen is None else chosen)


def windows() -> dict[Window, int]:
    """Give the hours of every window."""
    chosen = dict(ChosenWindow.objects.values_list("name", "hours"))
    return {name: chosen.get(name, BOUNDS[name].usual) for name in Window}


def retired(reasons: ReasonList) -> set[str]:
    """Give the words of a list that are no longer offered."""
    return set(RetiredReason.objects.filter(list=reasons).values_list("word", flat=True))


def offered(reasons: ReasonList, choices: Iterable[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Give those of a list's (word, label) that are offered."""
    gone = retired(reasons)
    return [(word, label) for word, label in choices if word not in gone]
