"""Answer readers of the native list and of the public logs."""

from collections.abc import Iterator
from typing import Any, cast

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from whitenoise.responders import StaticFile

from partners.feed import actions, forms, queries, serializers
from registry.access import doors
from registry.access.actors import Scope
from registry.access.doors import Dialect
from registry.log import queries as log

FOR_EVER = "public, max-age=31536000, immutable"
READ = ["get", "head"]
AN_INDEX = {"type": "integer", "minimum": -1, "maximum": 10**18 - 1}
NDJSON = "application/x-ndjson"


class InBlocks(FileResponse):
    """A file, read a megabyte at a time: by Django's own 4 KiB a download costs many times the work."""

    block_size = 1 << 20


@doors.partner(Scope.FEED_READ, has_sandbox=True)
class Changes(APIView):
    """What changed on the list."""

    http_method_names = READ

    @extend_schema(
        operation_id="read_changes",
        parameters=[
            OpenApiParameter("after", AN_INDEX, description="The last leaf index you have; -1, or nothing, for all.")
        ],
        responses={(200, NDJSON): OpenApiResponse(OpenApiTypes.STR, "One JSON object a line.")},
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Give every leaf after a cursor as NDJSON, then, as the last line, the signed checkpoint that covers them.

        Each line has `index`, `record` (the leaf's text, over which its hash is made) and `state`: `live` (with
        `kind`, `nonce` and `fingerprints`), `removed`, `superseded` by a later leaf, a `statement` about the list, or
        `withheld`: not yours to hold; count it and go on.
        Packed by zstd or gzip as Accept-Encoding allows.
        """
        after = forms.read_cursor(request.query_params.dict())
        actor = doors.actor_of(request)
        list_name = queries.list_of(actor)
        checkpoint = queries.checkpoint_beyond(list_name, after)
        last = checkpoint.size - 1
        is_whole = after == queries.BEFORE_THE_FIRST < last  # who finds an empty list begins nothing
        actions.record_download(Dialect.NATIVE, after, last, last - after, is_whole=is_whole, actor=actor)

        def lines() -> Iterator[bytes]:
            yield from queries.changes(list_name, after, last, actor.platform_id)
            yield serializers.checkpoint_line(checkpoint.note)

        return serializers.packed_stream(_plain(request), lines(), NDJSON)


@doors.partner(Scope.FEED_READ, has_sandbox=True)
class Snapshots(APIView):
    """Whole-list files."""

    http_method_names = READ

    @extend_schema(operation_id="list_snapshots", responses=serializers.SnapshotSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the whole-list files, newest first: the fastest way to a first copy."""
        actor = doors.actor_of(request)
        found = queries.snapshots(queries.list_of(actor), actor.platform_id)
        return Response(serializers.SnapshotSerializer(found, many=True).data)


@doors.partner(Scope.FEED_READ, has_sandbox=True)
class SnapshotFile(APIView):
    """One whole-list file."""

    http_method_names = READ

    @extend_schema(
        operation_id="fetch_snapshot",
        responses={(200, "application/zstd"): OpenApiTypes.BINARY, (206, "application/zstd"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, size: int) -> HttpResponseBase:
        """Give a whole-list file: the lines of `changes`, packed by zstd. It never changes; Range resumes a download.

        ETag and Repr-Digest hold its SHA-256. The last line is the checkpoint that covers it.
        """
        actor = doors.actor_of(request)
        snapshot = queries.snapshot_of(queries.list_of(actor), size, actor.platform_id)
        begins = not request.headers.get("Range", "bytes=0-").startswith("bytes=0-")
        rows = 0 if begins else size
        actions.record_download(Dialect.NATIVE, -1, size - 1, rows, is_whole=not begins, actor=actor)
        headers = serializers.snapshot_headers(snapshot)
        if settings.SNAPSHOT_ACCEL_PREFIX:
            headers["X-Accel-Redirect"] = f"{settings.SNAPSHOT_ACCEL_PREFIX}/{snapshot.file_name}"
            return HttpResponse(headers=headers)
        return _file(request, str(queries.snapshot_path(snapshot)), headers)


@doors.partner(Scope.FEED_READ)
class Features(APIView):
    """What a video's TMK+PDQF digest stands for."""

    http_method_names = READ

    @extend_schema(operation_id="fetch_features", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, reference: str) -> HttpResponseBase:
        """Give the TMK+PDQF features of an entry on the list: a `.tmk` file of 263,344 bytes, whose SHA-256 is the digest.

        The list names it for videos alone, and only where the service is set to take it. Each fetch is recorded.
        """
        content = actions.fetch_features(reference, actor=doors.actor_of(request))
        return HttpResponse(content, content_type="application/octet-stream")


@doors.public
@require_GET
def checkpoint(request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG001 - the same for everybody
    """Give a log's newest signed head, a C2SP signed note."""
    return _text(queries.latest_checkpoint(queries.log_named(name)).note)


@doors.public
@require_GET
def key(request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG001 - the same for everybody
    """Give the public key of a log's checkpoints, in the form that note verifiers read."""
    return _text(queries.verifier_key(queries.log_named(name)))


@doors.public
@require_GET
def tile(request: HttpRequest, name: str, level: int, place: str) -> HttpResponse:  # noqa: ARG001 - the same for all
    """Give a tile of hashes as c2sp.org/tlog-tiles lays them out. A full tile never changes."""
    index, width = forms.read_tile(place)
    hashes = log.tile(queries.log_named(name), level, index, width)
    return HttpResponse(hashes, content_type="application/octet-stream", headers={"Cache-Control": FOR_EVER})


@doors.public
@require_GET
def inclusion(request: HttpRequest, name: str) -> HttpResponse:
    """Prove that a leaf is in the tree of a size (RFC 9162): {"path": [hex, …]}, from the leaf up."""
    index, size = forms.read_numbers(request.GET.dict(), "index", "size")
    return _proof(log.inclusion_proof(queries.log_named(name), index, size), index=index, size=size)


@doors.public
@require_GET
def consistency(request: HttpRequest, name: str) -> HttpResponse:
    """Prove that the tree of one size is the beginning of that of a larger one (RFC 9162)."""
    old, new = forms.read_numbers(request.GET.dict(), "old", "new")
    return _proof(log.consistency_proof(queries.log_named(name), old, new), old=old, new=new)


def _proof(path: list[bytes], **about: int) -> HttpResponse:
    return JsonResponse({**about, "path": [step.hex() for step in path]}, headers={"Cache-Control": FOR_EVER})


def _text(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def _file(request: Request, path: str, headers: dict[str, str]) -> HttpResponseBase:
    found = StaticFile(path, list(headers.items())).get_response("GET", _plain(request).META)
    status = int(found.status)
    given = InBlocks(found.file, status=status) if found.file else HttpResponse(status=status)
    for name, value in found.headers:
        given.headers[name] = value
    return given


def _plain(request: Request) -> HttpRequest:
    """Give Django's own request, which REST framework wraps."""
    plain: HttpRequest = cast("Any", request)._request  # noqa: SLF001 - there is no public name for it
    return plain
