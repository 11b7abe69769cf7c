"""The form of a reference and a key, and what a report must be. Takes values, raises Refused."""

import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from registry.access.refusals import Invalid, Mismatch, NotAllowed, NotFound, Refused
from registry.entries.rules import SubmittedItem

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O or U
REFERENCE_LENGTH = 12  # 11 random characters (55 bits) and a check character
KEY_LENGTH = 28  # 27 random characters (135 bits) and a check character
MAXIMUM_ITEMS = 200

MAXIMUM_LINKS = 30
TRIES = 5
"""Wrong keys for one reference before each further try has to wait, twice as long each time."""
LONGEST_WAIT = 60
MAIL_DAYS = 30
LINK_DAYS = 90
"""After its last use, and after staff passed it on or read it."""

_NOT_NOW = {
    "withdrawn": "This report was stopped. Start again to send a new one.",
    "paused": "This report is paused. Switch it on again first.",
}
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


@dataclass(frozen=True, slots=True)
class Told:
    """What a person tells us besides fingerprints: closed words, links as (address, may be shared), a mail address."""

    situation: str = ""
    image_of: str = ""
    age_band: str = ""
    platforms: tuple[str, ...] = ()
    links: tuple[tuple[str, bool], ...] = ()
    email: str = ""


class TooSoon(Refused):
    """A wrong key was tried too often for this reference."""

    status = 429
    code = "too-soon"


def canonical_reference(text: str) -> str:
    """Give a typed reference in its stored form. Raises Invalid with words for the person who typed it."""
    return _canonical(text, REFERENCE_LENGTH, "reference")


def canonical_key(text: str) -> str:
    """Give a typed key in its stored form. Raises Invalid with words for the person who typed it."""
    return _canonical(text, KEY_LENGTH, "key")


def check_character(body: str) -> str:
    """Give the character that makes a typing error show (Luhn mod 32: every single slip, most swaps)."""
    total, factor = 0, 2
    for letter in reversed(body):
        addend = ALPHABET.index(letter) * factor
        factor = 3 - factor
        total += addend // 32 + addend % 32
    return ALPHABET[-total % 32]


def key_hash(reference: str, key: str) -> bytes:
    """Give what is stored of a key: SHA-256 over reference and key, which together hold 190 random bits."""
    return sha256(f"{reference}:{key}".encode()).digest()


def check_report(items: Sequence[SubmittedItem], links: Sequence[tuple[str, bool]] = ()) -> None:
    """Refuse an empty report, and one larger than a report can be."""
    if not items and not links:
        raise Invalid("A report needs at least one photo, video or link.")
    check_room(len(items))
    if len(links) > MAXIMUM_LINKS:
        raise Invalid(f"A report may hold at most {MAXIMUM_LINKS} links. Send the others as a second report.")


def check_room(count: int) -> None:
    """Refuse more photos and videos than one report holds."""
    if count > MAXIMUM_ITEMS:
        raise Invalid(
            f"A report may hold at most {MAXIMUM_ITEMS} photos and videos. Send the others as a second report."
        )


def check_may_change(can_change: bool) -> None:
    """Refuse a change by someone who holds the reading key alone."""
    if not can_change:
        raise NotAllowed("This key can look, but not change anything. The person whose report it is has the other key.")


def check_transition(verb: str, state: str, sources: Collection[str]) -> None:
    """Refuse a verb that does not follow this state."""
    if state not in sources:
        raise Refused(_NOT_NOW.get(state, f"This report cannot {verb} now."))


def day_after(today: date, months: int) -> date:
    """Give the day so many months on, by 30.4 days each: to end, a day more or less is the same."""
    return today + timedelta(days=round(months * 30.4375))


def wait_after(failures: int) -> int:
    """Give the seconds to wait after so many wrong keys for one reference."""
    return 0 if failures < TRIES else int(min(LONGEST_WAIT, 2 ** (failures - TRIES + 1)))


def check_wait(is_waiting: bool) -> None:
    """Refuse a try that comes too soon after many wrong ones. It slows one reference and nobody else."""
    if is_waiting:
        raise TooSoon("There were too many wrong tries. Wait a minute, then try again.")


def check_same(stored_hash: bytes, stored_mac: bytes, sent_hash: bytes, sent_mac: bytes) -> None:
    """Refuse a retry that is not the report it was the first time."""
    if not (hmac.compare_digest(stored_hash, sent_hash) and hmac.compare_digest(stored_mac, sent_mac)):
        raise Mismatch(
            "This reference was used before for a different report. Nothing was changed; start again with a new one."
        )


def is_key(stored_hash: bytes, shown_hash: bytes) -> bool:
    """Tell whether a key is the one whose hash is kept."""
    return hmac.compare_digest(stored_hash, shown_hash)


def check_key(stored_hash: bytes | None, shown_hash: bytes) -> None:
    """Refuse a key that does not fit, in the same words as a reference that does not exist."""
    if not hmac.compare_digest(stored_hash or bytes(32), shown_hash):
        raise NotFound("No report has this reference and key. Check both for slips: the key has seven groups of four.")


def _canonical(text: str, length: int, name: str) -> str:
    letters = text.upper().translate(_READ_AS)
    if len(letters) != length or any(letter not in ALPHABET for letter in letters):
        raise Invalid(f"A {name} has {length} letters and digits. Check what you typed.")
    if check_character(letters[:-1]) != letters[-1]:
        raise Invalid(f"There is a slip in the {name}. Check each letter against your note.")
    return letters
