import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashing import signal_types
from hashing.signal_types import BadDigest, SignalType

PDQ_DIGEST = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"
VPDQ_DIGEST = f'["{PDQ_DIGEST},100,0.000", "{PDQ_DIGEST},7,1.001"]'
DIGESTS = {
    SignalType.PDQ: PDQ_DIGEST,
    SignalType.MD5: "d41d8cd98f00b204e9800998ecf8427e",
    SignalType.SHA256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    SignalType.VPDQ: VPDQ_DIGEST,
    SignalType.TMK_PDQF: "7cc0643c3cbb6c1a6b2a0f9f4e0c2d0e3d1f7f7aeb3f1b8f0a2a4f4a9d3d6c11",
}


@pytest.mark.parametrize("kind", SignalType)
def test_parse_gives_back_a_canonical_digest(kind: SignalType) -> None:
    assert signal_types.parse(kind, DIGESTS[kind]) == DIGESTS[kind]
    assert signal_types.parse(kind.value, DIGESTS[kind]) == DIGESTS[kind]


@pytest.mark.parametrize("kind", [kind for kind in SignalType if kind.digest_length])
def test_parse_writes_hexadecimal_in_lower_case_without_spaces(kind: SignalType) -> None:
    assert signal_types.parse(kind, f"  {DIGESTS[kind].upper()}\n") == DIGESTS[kind]


def test_parse_writes_vpdq_as_threatexchange_does() -> None:
    loose = f'[ "{PDQ_DIGEST.upper()}, 100 ,0","{PDQ_DIGEST},7,1.0012" ]'
    assert signal_types.parse("vpdq", loose) == VPDQ_DIGEST


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("photodna", PDQ_DIGEST, "must be one of: pdq, md5, sha256, vpdq, tmk_pdqf"),
        ("pdq", PDQ_DIGEST[:-1], "has 64 hexadecimal characters; this one has 63"),
        ("pdq", "g" * 64, "only the characters 0-9 and a-f"),
        ("md5", "\u0661" * 32, "only the characters 0-9 and a-f"),
        ("md5", "", "this one has 0"),
        ("sha256", DIGESTS[SignalType.MD5], "has 64 hexadecimal characters; this one has 32"),
        ("vpdq", "not json", "is not JSON"),
        ("vpdq", "[" * 20_000, "is not JSON"),
        ("vpdq", "[]", "at least one"),
        ("vpdq", "{}", "at least one"),
        ("vpdq", "[1]", 'a text "digest,quality,seconds"'),
        ("vpdq", f'["{PDQ_DIGEST},100"]', 'a text "digest,quality,seconds"'),
        ("vpdq", '["abc,100,0.0"]', "starts with 64 hexadecimal characters"),
        ("vpdq", f'["{PDQ_DIGEST},101,0.0"]', "from 0 to 100"),
        ("vpdq", f'["{PDQ_DIGEST},-1,0.0"]', "from 0 to 100"),
        ("vpdq", f'["{PDQ_DIGEST},50,-1"]', "a number of seconds"),
        ("vpdq", f'["{PDQ_DIGEST},50,nan"]', "a number of seconds"),
        ("vpdq", " " * (signal_types.LONGEST_VPDQ_TEXT + 1), "at most"),
    ],
)
def test_parse_says_what_is_wrong(kind: str, text: str, words: str) -> None:
    with pytest.raises(BadDigest, match=words):
        signal_types.parse(kind, text)


def test_parse_refuses_what_is_not_text() -> None:
    with pytest.raises(BadDigest, match="is text, not bytes"):
        signal_types.parse("pdq", PDQ_DIGEST.encode())  # type: ignore[arg-type]


@given(st.sampled_from(list(SignalType)), st.text(max_size=80))
def test_parse_either_refuses_or_gives_a_form_that_parses_to_itself(kind: SignalType, text: str) -> None:
    try:
        canonical = signal_types.parse(kind, text)
    except BadDigest:
        return
    assert signal_types.parse(kind, canonical) == canonical
    assert kind.digest_length in (None, len(canonical))


def test_thresholds_and_lengths_are_the_fields_own() -> None:
    thresholds = {"pdq": 31, "md5": 0, "sha256": 0, "vpdq": 31, "tmk_pdqf": 0}
    lengths = {"pdq": 64, "md5": 32, "sha256": 64, "vpdq": None, "tmk_pdqf": 64}
    assert {kind: kind.match_threshold for kind in SignalType} == thresholds
    assert {kind: kind.digest_length for kind in SignalType} == lengths
    assert [kind for kind in SignalType if kind.is_perceptual] == ["pdq", "vpdq"]
