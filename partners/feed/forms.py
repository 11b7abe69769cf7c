"""Read what partners ask of the native list."""

from collections.abc import Mapping

from partners.feed.queries import BEFORE_THE_FIRST
from registry.access.refusals import Invalid


def read_cursor(parameters: Mapping[str, str]) -> int:
    """Read 'after', the last leaf index the caller has; without it the list is read from its beginning."""
    if unknown := set(parameters) - {"after"}:
        raise Invalid(f"Unknown parameters: {', '.join(sorted(unknown))[:200]}. There is only 'after'.")
    text = parameters.get("after", str(BEFORE_THE_FIRST))
    if text == str(BEFORE_THE_FIRST):
        return BEFORE_THE_FIRST
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Invalid("after: Send the index of the last leaf you have, or -1 for none.")
    return int(text)
