"""Answer readers of the native list and of the public logs."""

import json
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from partners.feed import actions, forms, queries, serializers
from registry.access import doors
from registry.access.actors import Scope
from registry.access.doors import Dialect


@doors.partner(Scope.FEED_READ)
@require_GET
def changes(request: HttpRequest) -> HttpResponseBase:
    """Give every leaf after a cursor as NDJSON, then, as the last line, the signed checkpoint that covers them."""
    after = forms.read_cursor(request.GET.dict())
    checkpoint = queries.checkpoint_beyond(after)
    last = checkpoint.size - 1
    is_whole = after == queries.BEFORE_THE_FIRST
    actions.record_download(Dialect.NATIVE, after, last, last - after, is_whole=is_whole, actor=doors.actor_of(request))

    def lines() -> Iterator[bytes]:
        yield from queries.changes(after, last)
        yield json.dumps({"checkpoint": checkpoint.note}).encode() + b"\n"

    return serializers.packed_stream(request, lines(), "application/x-ndjson")


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


def _text(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
