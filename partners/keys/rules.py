"""The form of a key, which scanners can find and a typing error cannot pass; how many, how long, from where."""

import hmac
import ipaddress
import re
import secrets
import string
import zlib
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from hashlib import sha256

from registry.access.refusals import Invalid, NotAllowed, Refused, TooMany

LIVE_PREFIX = "tid_live_"
TEST_PREFIX = "tid_test_"
ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
SECRET_LENGTH = 30  # 178 bits
CHECK_LENGTH = 6
LIFETIME = timedelta(days=90)
OVERLAP = timedelta(days=14)
"""How long a key that was rotated still opens doors beside the new one."""
WARNINGS = (14, 7, 1)
"""Days before its end on which a key's people are told."""
MOST_LIVE = 2
MOST_NETWORKS = 20
REQUESTS_A_MINUTE = 600

_FORM = re.compile(rf"^(?:{LIVE_PREFIX}|{TEST_PREFIX})[0-9A-Za-z]{{{SECRET_LENGTH + CHECK_LENGTH}}}$")


def new_secret(*, is_test: bool) -> str:
    """Make a key: prefix, 30 random base-62 characters, 6 of CRC-32 over what stands before."""
    body = (TEST_PREFIX if is_test else LIVE_PREFIX) + "".join(secrets.choice(ALPHABET) for _ in range(SECRET_LENGTH))
    return body + _check(body)


def new_name() -> str:
    """Make a key's public name, which says nothing about whose it is."""
    return "tid_" + secrets.token_hex(8)


def is_well_formed(secret: str) -> bool:
    """Tell whether this can be a key at all, so that a mistyped one never reaches the database."""
    return bool(_FORM.match(secret)) and secret[-CHECK_LENGTH:] == _check(secret[:-CHECK_LENGTH])


def digest(secret: str) -> bytes:
    """Give what is stored. A plain hash is enough for 178 random bits, and cheap enough not to be a lever."""
    return sha256(secret.encode()).digest()


def expiry(today: date) -> date:
    """Give the last day of a key issued today."""
    return today + LIFETIME


def overlap_end(expires_on: date, today: date) -> date:
    """Give the last day of a key that is rotated today."""
    return min(expires_on, today + OVERLAP)


def is_warning_due(expires_on: date, warned_on: date | None, today: date) -> bool:
    """Tell whether the coming end of a key must be announced, and was not yet since the last milestone passed."""
    due = [expires_on - timedelta(days=days) for days in WARNINGS if expires_on - timedelta(days=days) <= today]
    return bool(due) and today <= expires_on and (warned_on is None or warned_on < max(due))


def check_room(live: int) -> None:
    """Refuse a third live key: two are enough to rotate without a gap."""
    if live >= MOST_LIVE:
        raise Refused(f"You have {live} live keys, and {MOST_LIVE} are the most. Revoke one that is not used first.")


def check_activated(is_sandbox: bool, is_activated: bool) -> None:
    """Refuse a live key to a platform that was not let in yet; its sandbox has keys at once."""
    if not is_sandbox and not is_activated:
        raise NotAllowed("A key to the real list comes when your platform is activated. Take a test key until then.")


def check_live(is_live: bool) -> None:
    """Refuse to rotate a key that opens no doors."""
    if not is_live:
        raise Refused("This key is revoked or has expired. Issue a new one instead.")


def parse_networks(texts: Iterable[str]) -> list[str]:
    """Give addresses and networks in one form, such as 192.0.2.0/24."""
    networks = []
    for text in texts:
        try:
            networks.append(str(ipaddress.ip_network(text.strip())))
        except ValueError:
            raise Invalid(f"networks: {text.strip()[:60]!r} is no address or network such as 192.0.2.0/24.") from None
    if len(networks) > MOST_NETWORKS:
        raise Invalid(f"networks: A key takes at most {MOST_NETWORKS}.")
    return sorted(set(networks))


def check_network(networks: Sequence[str], address: str) -> None:
    """Refuse a key that is shown from a network it is not for."""
    if networks and not any(ipaddress.ip_address(address) in ipaddress.ip_network(network) for network in networks):
        raise NotAllowed("This key opens no doors from your network. Its owner can change its networks.")


def network_name(address: str, secret: str) -> str:
    """Give an opaque name of the network around an address (/24, or /48), the same for the same network."""
    found = ipaddress.ip_address(address)
    network = ipaddress.ip_network((found, 24 if found.version == 4 else 48), strict=False)
    return hmac.digest(secret.encode(), f"network:{network}".encode(), "sha256").hex()[:16]


def check_allowance(spent: int, second: int) -> None:
    """Refuse a request beyond the minute's allowance; `second` is the time now, since 1970."""
    if spent > REQUESTS_A_MINUTE:
        wait = 60 - second % 60
        raise TooMany(f"A key may ask {REQUESTS_A_MINUTE} times a minute. Ask again in {wait} seconds.", wait)


def _check(body: str) -> str:
    number, letters = zlib.crc32(body.encode()), ""
    for _ in range(CHECK_LENGTH):
        number, index = divmod(number, len(ALPHABET))
        letters = ALPHABET[index] + letters
    return letters
