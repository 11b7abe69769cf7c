"""Which words bring help lines up front, and what a message may be."""

import pytest

from portal.conversations import rules
from registry.access.refusals import Invalid, Refused


@pytest.mark.parametrize(
    "text",
    [
        "I want to die",
        "i might kill myself tonight",
        "I don\N{RIGHT SINGLE QUOTATION MARK}t want to live",
        "suicidal",
        "quiero morirme",
        "No quiero vivir así",
        "self-harm",
    ],
)
def test_words_of_someone_in_danger_are_heard(text):
    """English and Spanish."""
    assert rules.has_crisis_words(text)


@pytest.mark.parametrize("text", ["Will it be taken down?", "My skill is drawing", "¿Cuánto tarda?", "The diet starts"])
def test_other_words_are_not(text):
    """No alarm for everyone."""
    assert not rules.has_crisis_words(text)


@pytest.mark.parametrize("text", ["", "  \n ", "x" * (rules.LONGEST + 1)])
def test_no_words_and_too_many_are_refused(text):
    """With what to do instead."""
    with pytest.raises(Invalid):
        rules.check_text(text)


def test_messages_that_nobody_could_answer_are_refused():
    """Those sent are kept."""
    rules.check_may_write(rules.MOST_WAITING - 1)
    with pytest.raises(Refused):
        rules.check_may_write(rules.MOST_WAITING)
