"""The form of a key, which scanners can find and a typing error cannot pass. Takes values; no Django."""

import re
import secrets
import string
import zlib
from datetime import date, timedelta
from hashlib import sha256

PREFIX = "tid_live_"
ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
SECRET_LENGTH = 30  # 178 bits
CHECK_LENGTH = 6
LIFETIME = timedelta(days=90)

_FORM = re.compile(rf"^{PREFIX}[0-9A-Za-z]{{{SECRET_LENGTH + CHECK_LENGTH}}}$")


def new_secret() -> str:
    """Make a key: prefix, 30 random base-62 characters, 6 of CRC-32 over what stands before."""
    body = PREFIX + "".join(secrets.choice(ALPHABET) for _ in range(SECRET_LENGTH))
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


def _check(body: str) -> str:
    number, letters = zlib.crc32(body.encode()), ""
    for _ in range(CHECK_LENGTH):
        number, index = divmod(number, len(ALPHABET))
        letters = ALPHABET[index] + letters
    return letters
