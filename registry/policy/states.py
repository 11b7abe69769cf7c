"""The windows there are, with their bounds, and the lists of reasons."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Window(models.TextChoices):
    """How long something may take. Hours."""

    OUTCOME = "outcome", _("A platform’s answer is reviewed, from the match")
    FLAG = "flag", _("A flagged or disputed entry is reviewed")
    UNFETCHED = "unfetched", _("A platform may leave a removal unfetched before somebody looks")
    REMOVAL = "removal", _("A removal not fetched is reviewed, from when it was published")
    MESSAGE = "message", _("A reporter’s message is answered")
    URGENT_MESSAGE = "urgent_message", _("A message is answered from a person who may be in danger")
    APPLICATION = "application", _("The next step of a platform’s application is taken")
    SECOND_PERSON = "second_person", _("A second person decides")


class ReasonList(models.TextChoices):
    """The closed lists of reasons. What is retired stays readable wherever it was used."""

    ENTRY = "entry", _("Why an entry is moved")
    BENIGN = "benign", _("Why a picture is one that everybody has")
    SNOOZE = "snooze", _("Why a review rests")
    GROUND = "ground", _("Why something is proposed to a second person")
    FEEDBACK = "feedback", _("Why a platform votes against a fingerprint")


@dataclass(frozen=True, slots=True)
class Bounds:
    """A window's hours where nobody chose any, and the least and most that can be chosen."""

    usual: int
    least: int
    most: int


BOUNDS = {
    Window.OUTCOME: Bounds(48, 1, 48),
    Window.FLAG: Bounds(72, 1, 168),
    Window.UNFETCHED: Bounds(24, 1, 72),
    Window.REMOVAL: Bounds(72, 1, 168),
    Window.MESSAGE: Bounds(24, 1, 72),
    Window.URGENT_MESSAGE: Bounds(2, 1, 12),
    Window.APPLICATION: Bounds(72, 1, 336),
    Window.SECOND_PERSON: Bounds(24, 1, 72),
}
