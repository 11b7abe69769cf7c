"""The states of a report, and the closed words in which a person tells us about it."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReportState(models.TextChoices):
    """Whether the report still holds its entries."""

    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    WITHDRAWN = "withdrawn", "Withdrawn"


@dataclass(frozen=True, slots=True)
class Transition:
    """One verb: from any of `sources` to `target`."""

    sources: frozenset[str]
    target: ReportState


_HELD = frozenset({ReportState.ACTIVE, ReportState.PAUSED})

TRANSITIONS = {
    "pause": Transition(frozenset({ReportState.ACTIVE}), ReportState.PAUSED),
    "resume": Transition(frozenset({ReportState.PAUSED}), ReportState.ACTIVE),
    "withdraw": Transition(_HELD, ReportState.WITHDRAWN),
}
START = ReportState.ACTIVE
ENDS = frozenset({ReportState.WITHDRAWN})


class Situation(models.TextChoices):
    """What is happening."""

    SHARED = "shared", _("Someone shared it")
    THREATENED = "threatened", _("Someone threatens to share it")
    WORRIED = "worried", _("I worry that it may get out")
    FOUND = "found", _("I found it online")


class ImageOf(models.TextChoices):
    """Whose image it is."""

    ME = "me", _("It shows me, and I am under 18 now")
    ME_THEN = "me_then", _("It shows me when I was under 18. I am older now")
    ALTERED = "altered", _("It is fake: made or changed with AI to look like me")
    HELPING = "helping", _("It shows someone else, and I am helping them")


class Went(models.TextChoices):
    """How it has been for the person, in one tap."""

    HELPED = "helped", _("It helped")
    MIXED = "mixed", _("So-so")
    HARD = "hard", _("It was hard")


class AgeBand(models.TextChoices):
    """How old the person was in it. Someone who was 18 or more is shown another service and sends nothing here."""

    UNDER_13 = "under_13", _("Under 13")
    FROM_13 = "13_15", _("13 to 15")
    FROM_16 = "16_17", _("16 or 17")
