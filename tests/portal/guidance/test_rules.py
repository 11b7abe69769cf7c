"""What words put differently must keep."""

import pytest

from portal.guidance import rules
from registry.access.refusals import Invalid, NotFound


@pytest.mark.parametrize(
    "said",
    [
        "",
        "   ",
        "Call",
        "Call %(numero)s",
        "Call %(number)s <b>now</b>",
        'Call %(number)s <a href="/elsewhere/">now</a>',
        "Call %(number)s <img src=x",
        'Call "%(number)s"',
    ],
)
def test_words_that_lose_a_place_or_bring_a_mark_are_refused(said):
    """A number that does not show could cost a life."""
    with pytest.raises(Invalid):
        rules.check_wording("Call %(number)s", said)


@pytest.mark.parametrize(
    ("words", "said"), [("Call %(number)s", "%(number)s anrufen"), ("<strong>Go</strong>", "<strong>Los</strong>")]
)
def test_words_that_keep_places_and_marks_are_taken(words, said):
    """In any order."""
    rules.check_wording(words, said)


def test_words_no_page_says_are_refused():
    """They may have changed in a release."""
    with pytest.raises(NotFound):
        rules.check_known("Hello", {"Good day"})
