"""The closed words platforms answer with: what they did about a match, and what they think of a fingerprint."""

from dataclasses import dataclass

from django.db import models


class Decision(models.TextChoices):
    """What a platform did about a match."""

    REMOVED = "removed", "Removed"
    RESTRICTED = "restricted", "Restricted"
    BLOCKED_AT_UPLOAD = "blocked_at_upload", "Blocked at upload"
    NOT_VIOLATING = "not_violating", "Not violating"
    ALREADY_GONE = "already_gone", "Already gone"
    NOT_FOUND = "not_found", "Not found"
    CANNOT_SCAN = "cannot_scan", "Cannot scan"
    ERROR = "error", "Error"


class CountBand(models.TextChoices):
    """How many copies a decision was about. A band, so that an exact count never tells how far a picture went."""

    NONE = "0", "None"
    ONE = "1", "One"
    FEW = "2-9", "2 to 9"
    MANY = "10+", "10 or more"


class Method(models.TextChoices):
    """How a match was made."""

    SAME = "same", "The very fingerprint"
    NEAR = "near", "A near one"
    DERIVED = "derived", "A fingerprint of a changed copy"


class Surface(models.TextChoices):
    """Where on a platform a copy was."""

    PUBLIC = "public", "Public"
    GROUP = "group", "A group"
    PRIVATE = "private", "Private messages or storage"
    SEARCH = "search", "Search results"
    UPLOAD = "upload", "At upload"
    OTHER = "other", "Elsewhere"


class Basis(models.TextChoices):
    """What a decision rests on."""

    CSAM_LAW = "csam_law", "Law on child sexual abuse material"
    INTIMATE_IMAGE_LAW = "intimate_image_law", "Law on intimate images"
    OWN_POLICY = "own_policy", "The platform's own rules"


class Decider(models.TextChoices):
    """Who decided."""

    PERSON = "person", "A person"
    MACHINE = "machine", "A machine"


class Appeal(models.TextChoices):
    """What became of an appeal by whoever had uploaded the copy."""

    NONE = "none", "None"
    RECEIVED = "received", "Received"
    UPHELD = "upheld", "Received; the decision stands"
    OVERTURNED = "overturned", "Received; the decision was undone"


class ErasureState(models.TextChoices):
    """What a platform did with its own copy of a withdrawn entry's fingerprints."""

    DELETED = "deleted", "Deleted"
    KEPT = "kept", "Kept, on a lawful basis"


class Vote(models.TextChoices):
    """A platform's word on a fingerprint."""

    AFFIRM = "affirm", "Affirm"
    NEGATIVE = "negative", "Negative"


SAYS = {Decision.REMOVED: Vote.AFFIRM, Decision.RESTRICTED: Vote.AFFIRM, Decision.NOT_VIOLATING: Vote.NEGATIVE}
"""What a platform whose people looked at a match thereby says of the entry. The other decisions say nothing of it."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a platform votes against a fingerprint. `guid` is its name on the wire and never changes."""

    guid: str
    name: str


NOT_STATED = Reason("6c9d2f4e-1f0b-4b0e-9a55-0d3c5e7a1b06", "Other, or not stated")
REASONS = {
    reason.guid: reason
    for reason in (
        Reason("6c9d2f4e-1f0b-4b0e-9a55-0d3c5e7a1b01", "Matches a different picture"),
        Reason("6c9d2f4e-1f0b-4b0e-9a55-0d3c5e7a1b02", "Blank, logo or other common picture"),
        Reason("6c9d2f4e-1f0b-4b0e-9a55-0d3c5e7a1b03", "Meme or widely published picture"),
        Reason("6c9d2f4e-1f0b-4b0e-9a55-0d3c5e7a1b04", "Not nude, partly nude or sexual"),
        Reason("6c9d2f4e-1f0b-4b0e-9a55-0d3c5e7a1b05", "Nobody shown is or was under 18"),
        NOT_STATED,
    )
}
