"""The words of an entry's story."""

from collections.abc import Mapping

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.log.events import Event


class Contradiction(models.TextChoices):
    """What does not fit together in the answers about one entry."""

    PLATFORMS_DISAGREE = "platforms_disagree", _("One platform acted on it, another says it breaks no rule.")
    AFFIRMED_AND_CLEARED = "affirmed_and_cleared", _("A platform affirmed the fingerprint, yet says it breaks no rule.")
    DENIED_AND_REMOVED = "denied_and_removed", _("A platform says the fingerprint is wrong, yet removed a copy.")
    APPEALED = "appealed", _("A platform affirmed the fingerprint or acted on it, and its uploader appealed.")
    CHANGED_ITS_ANSWER = "changed_its_answer", _("The platform changed its answer.")


LIFE: Mapping[str, Promise] = {
    Event.ENTRY_ACCEPT: _("A report with this fingerprint came in"),
    Event.CLAIM_MAKE: _("The report took hold of the entry"),
    Event.ENTRY_LIST: _("It was put on the list"),
    Event.ENTRY_PAUSE: _("It was paused"),
    Event.ENTRY_RESUME: _("It went back on the list"),
    Event.ENTRY_QUARANTINE: _("It was taken off the list until somebody looks"),
    Event.ENTRY_RESTORE: _("It was looked at and put back"),
    Event.ENTRY_REJECT: _("It was rejected"),
    Event.ENTRY_REOPEN: _("Its rejection was taken up again"),
    Event.ENTRY_WEIGH: _("Platforms' words on it were weighed"),
    Event.ENTRY_REVEAL: _("A member of staff looked at its fingerprints"),
    Event.FEEDBACK_SUBMIT: _("A platform gave its word on the fingerprint"),
    Event.ENTRY_FETCH_FEATURES: _("A platform fetched the long fingerprint of the video"),
    Event.CLAIM_WITHDRAW: _("A report was withdrawn"),
    Event.CLAIM_EXPIRE: _("A report ended by itself"),
    Event.ENTRY_WITHDRAW: _("It was taken off the list, and its fingerprints were destroyed"),
    Event.ENTRY_EXPIRE: _("It expired, and its fingerprints were destroyed"),
}
"""The acts a reviewer reads in an entry's life, and their words."""
