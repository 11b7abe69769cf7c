"""What a message may be, and which words bring help lines up front. Takes values, raises Refused."""

import re

from registry.access.refusals import Invalid, Refused

LONGEST = 4000
MOST_WAITING = 10
KEPT_DAYS = 90

# Whole words, English and Spanish. To be shown help that is not needed does no harm; the list leans that way.
_CRISIS = re.compile(
    r"\b(suicid\w*|kill(ing)? my ?self|kms|end(ing)? (it all|my life)|want(ed)? to die|wanna die"
    r"|don'?t want to (live|be here)"
    r"|hurt(ing)? my ?self|self.?harm\w*|cut(ting)? my ?self|no reason to live|better off dead"
    r"|matarme|quitarme la vida|quiero morir\w*|no quiero vivir|hacerme daño|cortarme|acabar con todo)\b",
    re.IGNORECASE,
)


def check_text(text: str) -> str:
    """Give the words without space around them. Refuse none and too many."""
    text = text.strip()
    if not text:
        raise Invalid("Write a few words first.")
    if len(text) > LONGEST:
        raise Invalid(f"This is a little too long. Send up to {LONGEST} letters, and the rest in a second message.")
    return text


def check_may_write(waiting: int) -> None:
    """Refuse more messages than anyone can answer; those sent are kept."""
    if waiting >= MOST_WAITING:
        raise Refused("Your messages are waiting for an answer. Please give us a little time before you write more.")


def has_crisis_words(text: str) -> bool:
    """Tell whether someone may be in danger from themselves."""
    return _CRISIS.search(text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")) is not None
