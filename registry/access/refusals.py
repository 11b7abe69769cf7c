"""How a verb says no."""


class Refused(Exception):
    """A verb was refused; the sentence is for the person or program that asked."""

    status = 409
    code = "refused"

    def __init__(self, reason: str) -> None:
        """Take the reason, a sentence its reader can act on."""
        super().__init__(reason)
        self.reason = reason


class Invalid(Refused):
    """What was sent cannot be understood; nothing was changed."""

    status = 400
    code = "invalid"


class Impossible(Invalid):
    """Each part of what was sent can be understood, and it cannot be so; nothing was changed."""

    status = 422
    code = "impossible"


class NotFound(Refused):
    """There is no such thing, or this caller may not know of it."""

    status = 404
    code = "not-found"


class NotAllowed(Refused):
    """The caller is known and may not do this."""

    status = 403
    code = "not-allowed"


class TooMany(Refused):
    """The caller asks too often; it may ask again in `wait` seconds."""

    status = 429
    code = "too-many"

    def __init__(self, reason: str, wait: int) -> None:
        """Take the reason, and the seconds to wait."""
        super().__init__(reason)
        self.wait = wait


class Mismatch(Refused):
    """The same name was used before for something else."""

    status = 422
    code = "mismatch"
