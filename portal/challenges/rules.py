"""How hard a challenge is, and when an answer counts. Takes values, raises Refused."""

import hmac
import ipaddress
from hashlib import sha256

from registry.access.refusals import Refused

EASIEST = 12_000
"""Numbers a browser may have to try when it is quiet; half of them on average."""
HARDEST = 36_000
"""A browser slowed down six times tries all of these in less than three seconds."""
CALM_ADDRESS = 10
"""Challenges one network may ask for in a quarter of an hour before they grow harder."""
CALM_SITE = 300
"""Challenges this process may give in a minute before they grow harder for everyone."""

FLOOD_ADDRESS = 40
FLOOD_SITE = 900


class ProofNeeded(Refused):
    """The proof of work is missing, wrong, too old or used; the page makes another one and sends again."""

    status = 403
    code = "proof-needed"


def difficulty(from_address: int, from_all: int) -> int:
    """Give the numbers to try: doubled for each further ten of one network, and each further 300 of all."""
    doublings = max(0, from_address - 1) // CALM_ADDRESS + max(0, from_all - 1) // CALM_SITE
    return int(min(HARDEST, EASIEST * 2 ** min(doublings, 10)))


def is_flood(from_address: int, from_all: int) -> bool:
    """Tell whether reports now come faster than people make them: they are taken, and listed a little later."""
    return from_address > FLOOD_ADDRESS or from_all > FLOOD_SITE


def network_digest(address: str, salt: bytes) -> str:
    """Give 24 bits that stand for a network (/24 or /56) while `salt` lives; many networks share each of them."""
    try:
        number = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    network = ipaddress.ip_network((number, 24 if number.version == 4 else 56), strict=False)
    return hmac.new(salt, network.network_address.packed, sha256).hexdigest()[:6]
