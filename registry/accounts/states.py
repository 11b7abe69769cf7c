"""The closed words of accounts: kinds of second factor, and why a sign-in was refused."""

from enum import StrEnum


class Factor(StrEnum):
    """What a person proves themselves with, besides the password."""

    APP = "app"
    RECOVERY_CODES = "recovery codes"
    PASSKEY = "passkey"


class RefusalReason(StrEnum):
    """Why nobody was let in."""

    PASSWORD = "password"  # noqa: S105 - a reason, not a secret
    CODE = "code"
    PASSKEY = "passkey"
