"""What may be listed, and which verb may follow which state. Takes values, raises Refused."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256

from hashing import pdq
from hashing.signal_types import BadDigest, SignalType, parse
from registry.access.refusals import Invalid, NotAllowed, Refused

MAXIMUM_FINGERPRINTS = 64
DEFAULT_YEARS = 10
LONGEST_YEARS = 25
CORROBORATING = 2
DISPUTING = 2
"""Organisations."""
MAXIMUM_BULK = 1000
LARGEST_IMBALANCE = 16
"""Bits away from half; photographs stay within 8, blank pictures and gradients are 28 or more away."""


@dataclass(frozen=True, slots=True)
class SubmittedFingerprint:
    """One fingerprint as a device made it: canonical digest, PDQ quality 0-100 (None for others), and its form.

    `content`: what the digest is the SHA-256 of, where that is what platforms compare (TMK+PDQF's features).
    """

    signal_type: SignalType
    digest: str
    quality: int | None = None
    form: str = "original"
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class SubmittedItem:
    """One photo or video: its kind and fingerprints."""

    kind: str
    fingerprints: tuple[SubmittedFingerprint, ...]


def check_transition(verb: str, state: str, sources: Collection[str]) -> None:
    """Refuse a verb that does not follow this state."""
    if state not in sources:
        raise Refused(f"An entry that is {state} cannot be changed by '{verb}'.")


def default_expiry(today: date) -> date:
    """Give the day a claim ends when its holder chose none."""
    return today + timedelta(days=365 * DEFAULT_YEARS)


def check_expiry(expires_on: date, today: date) -> None:
    """Refuse a day that is over, or further away than anything is kept."""
    if expires_on <= today:
        raise Invalid("Choose a day in the future. To take your files off the list now, withdraw them.")
    if expires_on > today + timedelta(days=366 * LONGEST_YEARS):
        raise Invalid(f"Choose a day within the next {LONGEST_YEARS} years.")


def confidence(affirming: int, negative: int) -> str:
    """Give what an entry is worth after so many organisations affirmed it and so many said no."""
    if negative:
        return "disputed"
    return "corroborated" if affirming >= CORROBORATING else "self-reported"


def is_disputed_away(affirming: int, negative: int) -> bool:
    """Tell whether an entry leaves the list until staff have looked: several said no and nobody said yes."""
    return negative >= DISPUTING and affirming == 0


def check_alone(verb: str, confidence_now: str) -> None:
    """Refuse to one person alone what takes two."""
    if verb == "reopen" or (verb == "reject" and confidence_now == "corroborated"):
        raise NotAllowed(f"To {verb} this entry takes two people: propose it, and a second person agrees.")


def check_proposal(verb: str, verbs: Collection[str], count: int) -> None:
    """Refuse a proposal that names no entry, too many, or a verb that is not decided by two."""
    if verb not in verbs:
        raise Invalid(f"What can be proposed is: {', '.join(sorted(verbs))}.")
    if not 1 <= count <= MAXIMUM_BULK:
        raise Invalid(f"A proposal names from 1 to {MAXIMUM_BULK} entries.")


def check_second(state: str, proposed_by: str, decided_by: str) -> None:
    """Refuse a decision on a proposal that is decided already, or by the person who made it."""
    if state != "proposed":
        raise Refused(f"This proposal is already {state}.")
    if proposed_by == decided_by:
        raise NotAllowed("The second person must be another one than the first.")


def canonical_item(item: SubmittedItem) -> SubmittedItem:
    """Give the item with canonical digests. Refuse one that no platform could match, or that would match everything."""
    if not item.fingerprints:
        raise Invalid("An item needs at least one fingerprint.")
    if len(item.fingerprints) > MAXIMUM_FINGERPRINTS:
        raise Invalid(f"An item may carry at most {MAXIMUM_FINGERPRINTS} fingerprints.")
    if sum(fingerprint.signal_type is SignalType.TMK_PDQF for fingerprint in item.fingerprints) > 1:
        raise Invalid("An item may carry one TMK+PDQF fingerprint.")
    return replace(item, fingerprints=tuple(canonical_fingerprint(fingerprint) for fingerprint in item.fingerprints))


def canonical_fingerprint(fingerprint: SubmittedFingerprint) -> SubmittedFingerprint:
    """Give the fingerprint in its canonical form. Refuse one that is malformed, too poor, or blank."""
    try:
        fingerprint = replace(fingerprint, digest=parse(fingerprint.signal_type, fingerprint.digest))
    except BadDigest as error:
        raise Invalid(str(error)) from error
    _check_content(fingerprint)
    if fingerprint.signal_type is not SignalType.PDQ:
        return fingerprint
    if fingerprint.quality is None or not pdq.LOWEST_QUALITY <= fingerprint.quality <= 100:
        raise Invalid(
            f"A PDQ fingerprint needs a quality from {pdq.LOWEST_QUALITY} to 100; "
            "a blurry picture has too little to match."
        )
    if not pdq.is_balanced(fingerprint.digest, LARGEST_IMBALANCE):
        raise Invalid("This PDQ fingerprint is of a blank or nearly blank picture, which would match everything.")
    return fingerprint


def _check_content(fingerprint: SubmittedFingerprint) -> None:
    """Refuse features that are of no use or not the digest's own, and any beside another type of fingerprint."""
    if fingerprint.signal_type is not SignalType.TMK_PDQF:
        if fingerprint.content:
            raise Invalid(f"A {fingerprint.signal_type} fingerprint is its digest, and comes without content.")
        return
    from hashing import tmk  # noqa: PLC0415 - it brings numpy, which few services need and none at its start

    try:
        tmk.parse(fingerprint.content)
    except tmk.BadFeatures as error:
        raise Invalid(str(error)) from error
    if sha256(fingerprint.content).hexdigest() != fingerprint.digest:
        raise Invalid("The digest of a TMK+PDQF fingerprint is the SHA-256 of its content.")


def shared_digests(item: SubmittedItem) -> Sequence[tuple[SignalType, str]]:
    """Give the digests by which two reports of the same file are known to be of the same file."""
    primary = (SignalType.MD5, SignalType.PDQ) if item.kind == "image" else (SignalType.MD5,)
    return [(f.signal_type, f.digest) for f in item.fingerprints if f.signal_type in primary and f.form == "original"]


def canonical_fingerprints(fingerprints: Sequence[SubmittedFingerprint]) -> list[Mapping[str, str | int]]:
    """Put fingerprints in the one order and form that the commitment is made over."""
    lines = [
        {
            key: value
            for key, value in {
                "digest": f.digest,
                "form": f.form,
                "quality": f.quality,
                "type": f.signal_type.value,
            }.items()
            if value is not None
        }
        for f in fingerprints
    ]
    return sorted(lines, key=lambda line: (str(line["type"]), str(line["form"]), str(line["digest"])))
