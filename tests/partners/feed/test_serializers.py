"""Answers are packed as their readers can take it, and unpack to what was meant."""

import gzip
import zlib

import pytest
import zstandard
from django.http import HttpResponse
from django.test import RequestFactory

from partners.feed import serializers
from partners.feed.serializers import Coding

LINES = [b"0123456789" * 100, b"abcdef" * 200]


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("", Coding.PLAIN),
        ("identity", Coding.PLAIN),
        ("gzip, deflate", Coding.GZIP),
        ("gzip, deflate, br, zstd", Coding.ZSTD),
        ("GZIP", Coding.GZIP),
        ("zstd;q=0, gzip;q=0.5", Coding.GZIP),
        ("gzip; q=0", Coding.PLAIN),
        ("gzipped", Coding.PLAIN),
    ],
)
def test_a_coding_is_chosen_from_what_the_reader_takes(accepted: str, chosen: Coding) -> None:
    assert serializers.coding(accepted) is chosen


def unpack(body: bytes, coding: str) -> bytes:
    if coding == "zstd":
        return zstandard.ZstdDecompressor().decompressobj().decompress(body)
    return gzip.decompress(body) if coding else body


@pytest.mark.parametrize("accepted", ["gzip", "zstd", ""])
def test_an_answer_unpacks_to_what_was_packed(accepted: str) -> None:
    request = RequestFactory(headers={"Accept-Encoding": accepted}).get("/")
    whole = serializers.packed(request, HttpResponse(b"".join(LINES)))
    streamed = serializers.packed_stream(request, LINES, "text/plain")
    for answer in (whole, streamed):
        assert answer.get("Content-Encoding", "") == accepted
        assert answer["Vary"] == "Accept-Encoding"
        assert unpack(b"".join(answer), accepted) == b"".join(LINES)
    assert whole["Content-Length"] == str(len(whole.content))


@pytest.mark.parametrize("accepted", ["gzip", "zstd"])
def test_every_chunk_of_a_stream_can_be_read_before_the_next_is_made(accepted: str) -> None:
    request = RequestFactory(headers={"Accept-Encoding": accepted}).get("/")
    first = next(iter(serializers.packed_stream(request, iter(LINES), "text/plain")))
    if accepted == "zstd":
        assert zstandard.ZstdDecompressor().decompressobj().decompress(first) == LINES[0]
    else:
        assert zlib.decompressobj(wbits=31).decompress(first) == LINES[0]


def test_a_small_answer_is_left_as_it_is() -> None:
    request = RequestFactory(headers={"Accept-Encoding": "gzip"}).get("/")
    answer = serializers.packed(request, HttpResponse(b"small"))
    assert (answer.content, "Content-Encoding" in answer) == (b"small", False)
