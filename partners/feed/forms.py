"""Read what partners ask of the native list, and anybody of the logs."""

import re
from collections.abc import Mapping

from partners.feed.queries import BEFORE_THE_FIRST
from registry.access.refusals import Invalid
from registry.log import tiles

_NUMBER = re.compile(r"[0-9]{1,15}")
_TILE = re.compile(r"((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


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


def read_tile(place: str) -> tuple[int, int]:
    """Read a tile's index and width as c2sp.org/tlog-tiles writes them: `x001/x234/067`, `067.p/5`."""
    found = _TILE.fullmatch(place) if len(place) <= 24 else None
    if found is None:
        raise Invalid("A tile is written as c2sp.org/tlog-tiles says, such as x001/x234/067 or 067.p/5.")
    index, width = found.groups()
    return int(index.replace("x", "").replace("/", "")), int(width or tiles.WIDTH)


def read_numbers(parameters: Mapping[str, str], *names: str) -> tuple[int, ...]:
    """Read whole numbers by name; all of them, and nothing else, must be there."""
    texts = [parameters.get(name, "") for name in names]
    if set(parameters) != set(names) or not all(_NUMBER.fullmatch(text) for text in texts):
        raise Invalid(f"Send {' and '.join(names)}, whole numbers, and nothing else.")
    return tuple(int(text) for text in texts)
