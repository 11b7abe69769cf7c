"""How the native list is written, and packed for the wire: zstd or gzip, whichever the reader can take."""

import gzip
import json
import zlib
from base64 import b64encode
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any

import zstandard
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.cache import patch_vary_headers
from rest_framework import serializers
from rest_framework.negotiation import BaseContentNegotiation, DefaultContentNegotiation

from partners.feed.models import Snapshot

SMALLEST = 512
"""Bytes below which packing costs more than it saves."""
GZIP_LEVEL = 1
ZSTD_LEVEL = 1
"""Digests are random: harder tries make them hardly smaller, and cost many times the work."""


class AnyAccept(BaseContentNegotiation):
    """Answer in the one form each address has, whatever the caller says it accepts."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        """Give the parser of the declared content type."""
        return DefaultContentNegotiation().select_parser(request, parsers)

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:  # noqa: ARG002 - DRF's signature
        """Give the only renderer there is."""
        return renderers[0], renderers[0].media_type


class SnapshotSerializer(serializers.Serializer[Any]):
    """A whole-list file. Fetch it, check `sha256`, then go on with the changes after leaf `size` - 1."""

    size = serializers.IntegerField(help_text="How many leaves it holds.")
    bytes = serializers.IntegerField()
    sha256 = serializers.CharField(source="digest", help_text="Of the file as it is served.")
    made_at = serializers.DateTimeField()
    path = serializers.SerializerMethodField()

    def get_path(self, snapshot: Snapshot) -> str:
        """Give where it is fetched."""
        return f"/api/v1/snapshots/{snapshot.size}"


class Coding(StrEnum):
    """How a body is packed; plain where the reader takes nothing else."""

    ZSTD = "zstd"
    GZIP = "gzip"
    PLAIN = ""


def checkpoint_line(note: str) -> bytes:
    """Give the last line of a list: the signed checkpoint that covers the lines before."""
    return json.dumps({"checkpoint": note}).encode() + b"\n"


def snapshot_headers(snapshot: Snapshot) -> dict[str, str]:
    """Give what is said of a file that never changes, so that a download can be resumed and checked."""
    return {
        "Content-Type": "application/zstd",
        "ETag": f'"{snapshot.digest}"',
        "Repr-Digest": f"sha-256=:{b64encode(bytes.fromhex(snapshot.digest)).decode()}:",
        "Cache-Control": "private, no-transform, max-age=3600",
        "Content-Disposition": f'attachment; filename="{snapshot.file_name}"',
    }


def coding(accepted: str) -> Coding:
    """Choose a coding from an Accept-Encoding header."""
    wanted = {}
    for part in accepted.lower().split(","):
        name, _, weight = part.partition(";")
        wanted[name.strip()] = weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return next((found for found in (Coding.ZSTD, Coding.GZIP) if wanted.get(found.value)), Coding.PLAIN)


def packed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Pack a whole answer by gzip, which every client of the other dialects takes."""
    patch_vary_headers(response, ("Accept-Encoding",))
    chosen = coding(request.headers.get("Accept-Encoding", ""))
    if len(response.content) >= SMALLEST and chosen is not Coding.PLAIN:
        response.content = _all(response.content, chosen)
        response.headers["Content-Encoding"] = chosen.value
    response.headers["Content-Length"] = str(len(response.content))
    return response


def packed_stream(request: HttpRequest, chunks: Iterable[bytes], content_type: str) -> StreamingHttpResponse:
    """Pack an answer while it is made. Each chunk leaves at once; memory stays flat."""
    chosen = coding(request.headers.get("Accept-Encoding", ""))
    response = StreamingHttpResponse(_stream(chunks, chosen), content_type=content_type)
    patch_vary_headers(response, ("Accept-Encoding",))
    if chosen is not Coding.PLAIN:
        response.headers["Content-Encoding"] = chosen.value
    return response


def _all(body: bytes, chosen: Coding) -> bytes:
    if chosen is Coding.ZSTD:
        return zstandard.ZstdCompressor(ZSTD_LEVEL).compress(body)
    return gzip.compress(body, GZIP_LEVEL, mtime=0)


def _stream(chunks: Iterable[bytes], chosen: Coding) -> Iterator[bytes]:
    if chosen is Coding.PLAIN:
        yield from chunks
        return
    packer: Any = zlib.compressobj(GZIP_LEVEL, wbits=31)
    more = zlib.Z_SYNC_FLUSH
    if chosen is Coding.ZSTD:
        packer, more = zstandard.ZstdCompressor(ZSTD_LEVEL).compressobj(), zstandard.COMPRESSOBJ_FLUSH_BLOCK
    for chunk in chunks:
        yield packer.compress(chunk) + packer.flush(more)
    yield packer.flush()
