"""Which addresses may be written to, how a message is signed and when it is tried again. Takes values."""

import ipaddress
import random
import secrets
from base64 import b64encode
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from standardwebhooks import Webhook

from registry.access.refusals import Impossible, Invalid, Refused

MOST_ENDPOINTS = 5
LONGEST_URL = 300
PORTS = {443, 8443}
KEPT = timedelta(days=30)
GIVES_UP_AFTER = timedelta(days=5)
"""An address that has failed for so long is switched off."""
WAITS = tuple(timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400))
"""Between tries, as Standard Webhooks recommends; after the last the message is given up, and can be replayed."""
MOST_REPLAYED = 1000
# Addresses inside these lead to others, which cannot be seen from here.
_TRANSLATED = [ipaddress.ip_network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")]


def new_secret() -> str:
    """Make a secret to sign with, in the form that Standard Webhooks' libraries read."""
    return "whsec_" + b64encode(secrets.token_bytes(32)).decode()


def new_name(kind: str) -> str:
    """Make an opaque name, such as `msg_…`."""
    return f"{kind}_{secrets.token_hex(12)}"


def headers(secret: str, name: str, body: str, now: datetime) -> dict[str, str]:
    """Sign a message for one try at this time."""
    return {
        "Content-Type": "application/json",
        "User-Agent": "takeitdown-webhooks/1",
        "webhook-id": name,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(name, now.astimezone(UTC), body),
    }


def check_url(url: str, *, is_local_allowed: bool) -> str:
    """Give the address. Refuses one that a message may not be sent to, as far as can be told from its letters."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Impossible("url: This is not an address.") from None
    if not host or len(url) > LONGEST_URL or not url.isascii() or not url.strip().isprintable() or " " in url.strip():
        raise Impossible("url: Send a whole address, such as https://hooks.example.com/takeitdown.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Impossible("url: Leave out names, passwords and what follows '#'; messages are signed.")
    if is_local_allowed and parts.scheme in {"http", "https"}:
        return url.strip()
    if parts.scheme != "https" or (port or 443) not in PORTS:
        raise Impossible(f"url: Messages are sent by https, to port {' or '.join(map(str, sorted(PORTS)))}.")
    if _is_address(host):
        check_addresses([host])
    return url.strip()


def check_addresses(addresses: Iterable[str]) -> str:
    """Give the address to connect to, the first. Refuses when any of them is not on the public internet.

    Whoever owns a name decides what it leads to, and can change it after it was checked: connect to what this gives.
    """
    found = [ipaddress.ip_address(address) for address in addresses]
    if not found:
        raise Impossible("url: This name leads nowhere.")
    for address in found:
        mapped = getattr(address, "ipv4_mapped", None) or address
        is_translated = any(mapped in network for network in _TRANSLATED if network.version == mapped.version)
        if not mapped.is_global or mapped.is_multicast or mapped.is_reserved or is_translated:
            raise Impossible("url: This name leads into a private network. Messages go to the public internet only.")
    return str(found[0])


def check_topics(topics: Collection[str], known: Collection[str]) -> list[str]:
    """Give the topics in one order. Refuses none, and unknown ones."""
    if not topics or set(topics) - set(known):
        raise Invalid(f"topics: Choose from {', '.join(sorted(known))}.")
    return sorted(set(topics))


def check_room(count: int) -> None:
    """Refuse more addresses than anybody needs."""
    if count >= MOST_ENDPOINTS:
        raise Refused(f"You have {count} addresses, and {MOST_ENDPOINTS} are the most. Remove one first.")


def next_try(tries: int, now: datetime) -> datetime | None:
    """Give when to try again after so many tries, a little at random; None when it is given up."""
    if tries > len(WAITS):
        return None
    return now + WAITS[tries - 1] * random.SystemRandom().uniform(0.9, 1.2)


def is_hopeless(status: int | None, failing_since: datetime, now: datetime) -> bool:
    """Tell whether an address is to be switched off: it says it is gone, or has failed for days."""
    return status == 410 or now - failing_since > GIVES_UP_AFTER


def is_delivered(status: int | None) -> bool:
    """Tell whether an answer means that the message has arrived. A redirect does not: it is not followed."""
    return status is not None and 200 <= status < 300


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
