"""What words put differently, and whoever reads them, must hold to. Takes values, raises Refused."""

import re
from collections.abc import Collection

from registry.access.refusals import Invalid, NotFound

_PLACES = re.compile(r'%\(\w+\)s|%[\ds]|<[^>]*>?|[>"]')
"""Places for names and numbers, marks, and straight quotes: those would end the attribute some words stand in."""


def check_known(words: str, known: Collection[str]) -> None:
    """Refuse words that no page says."""
    if words not in known:
        raise NotFound("No page says these words. They may have changed: look for them again.")


def check_wording(words: str, said: str) -> None:
    """Refuse none, and words that lose a place for a name or number, or bring a mark of their own."""
    if not said.strip():
        raise Invalid("Write the words. To have the first ones back, copy them from above.")
    if sorted(_PLACES.findall(words)) != sorted(_PLACES.findall(said)):
        raise Invalid(
            "Keep what stands between %( and )s, and the marks in < and >, as in the English. Quote with “ and ”."
        )
