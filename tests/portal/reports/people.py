"""Reports of people, made through the real verbs."""

from hashing.signal_types import SignalType
from portal.reports import actions, rules
from registry.entries.rules import SubmittedFingerprint, SubmittedItem
from tests.registry.entries import samples

KEY = "A" * 27 + rules.check_character("A" * 27)


def reference(number=1):
    """Give a well-formed reference."""
    body = f"{number:0>11}"
    return body + rules.check_character(body)


def item(seed=1):
    """Give one photo's fingerprints."""
    prints = (
        SubmittedFingerprint(SignalType.PDQ, samples.pdq_digest(seed), 100),
        SubmittedFingerprint(SignalType.MD5, samples.md5_digest(seed)),
    )
    return SubmittedItem("image", prints)


def report(number=1, *, items=None, **told):
    """Send a report; `KEY` opens it."""
    code = reference(number)
    sent = [item(number)] if items is None else items
    return actions.accept_report(code, rules.key_hash(code, KEY), sent, rules.Told(**told))
