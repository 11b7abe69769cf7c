"""What may be listed."""

from dataclasses import replace

import pytest

from hashing.signal_types import SignalType
from registry.access.refusals import Invalid, Refused
from registry.entries import rules
from registry.entries.rules import SubmittedFingerprint, SubmittedItem
from registry.entries.states import TRANSITIONS, EntryState
from tests.registry.entries import samples

GOOD = samples.pdq_digest(1)
FEATURES = samples.features(1)


@pytest.mark.parametrize(
    "item", [samples.image(1), samples.video(1), samples.video_with_features(1), samples.image(2, quality=50)]
)
def test_an_item_as_devices_make_it_is_accepted(item):
    """Images and videos."""
    rules.canonical_item(item)


@pytest.mark.parametrize(
    ("fingerprint", "words"),
    [
        (SubmittedFingerprint(SignalType.PDQ, GOOD), "quality"),
        (SubmittedFingerprint(SignalType.PDQ, GOOD, 49), "blurry"),
        (SubmittedFingerprint(SignalType.PDQ, GOOD, 101), "quality"),
        (SubmittedFingerprint(SignalType.PDQ, "0" * 64, 100), "blank"),
        (SubmittedFingerprint(SignalType.PDQ, "f" * 64, 100), "blank"),
        (SubmittedFingerprint(SignalType.PDQ, GOOD[:-1], 100), "64"),
        (SubmittedFingerprint(SignalType.MD5, "x" * 32), "0-9"),
        (SubmittedFingerprint(SignalType.VPDQ, "[]"), "at least one"),
        (SubmittedFingerprint(SignalType.MD5, "a" * 32, content=b"x"), "comes without content"),
        (replace(FEATURES, content=b""), "are 263344 bytes long; these are 0"),
        (replace(FEATURES, content=bytes(len(FEATURES.content))), "begin with TMK1"),
        (replace(FEATURES, digest="a" * 64), "the SHA-256 of its content"),
        (replace(FEATURES, digest="a" * 63), "64 hexadecimal"),
    ],
)
def test_a_fingerprint_nobody_could_use_is_refused_in_words(fingerprint, words):
    """Each refusal says what is wrong."""
    with pytest.raises(Invalid, match=words):
        rules.canonical_item(SubmittedItem("image", (fingerprint,)))


def test_an_item_has_one_set_of_features_at_most():
    """There is one address for them."""
    with pytest.raises(Invalid, match="one TMK"):
        rules.canonical_item(SubmittedItem("video", (FEATURES, samples.features(2))))


def test_capital_letters_and_spaces_become_the_canonical_form():
    """One digest, one spelling."""
    sent = SubmittedFingerprint(SignalType.PDQ, f" {GOOD.upper()}", 100)
    assert rules.canonical_fingerprint(sent).digest == GOOD


def test_an_item_without_fingerprints_or_with_too_many_is_refused():
    """Both ends."""
    one = samples.image(1).fingerprints[0]
    for fingerprints in ((), (one,) * (rules.MAXIMUM_FINGERPRINTS + 1)):
        with pytest.raises(Invalid):
            rules.canonical_item(SubmittedItem("image", fingerprints))


@pytest.mark.parametrize("verb", TRANSITIONS)
@pytest.mark.parametrize("state", EntryState.values)
def test_a_verb_follows_only_the_states_in_its_table(verb, state):
    """State × verb."""
    sources = TRANSITIONS[verb].sources
    if state in sources:
        rules.check_transition(verb, state, sources)
    else:
        with pytest.raises(Refused, match=verb):
            rules.check_transition(verb, state, sources)


def test_a_video_is_the_same_file_only_by_md5():
    """Two films can begin with the same second."""
    assert [t for t, _ in rules.shared_digests(samples.video(1))] == [SignalType.MD5]
    assert [t for t, _ in rules.shared_digests(samples.image(1))] == [SignalType.PDQ, SignalType.MD5]


def test_the_commitment_does_not_depend_on_the_order_of_fingerprints():
    """One canonical order."""
    fingerprints = samples.image(1).fingerprints
    assert rules.canonical_fingerprints(fingerprints) == rules.canonical_fingerprints(fingerprints[::-1])
