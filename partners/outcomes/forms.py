"""Read the bodies that platforms send with outcomes."""

import json
from typing import Any, NoReturn

from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request

from registry.access.refusals import Invalid


def read_body(request: Request) -> bytes:
    """Read a JSON body as it was sent, for a retry must be told from another request to the byte."""
    kind = (request.content_type or "").partition(";")[0].strip().lower()
    if kind not in {"", "application/json"}:
        raise UnsupportedMediaType(request.content_type, "Send application/json.")
    return request.stream.read() if request.stream else b""


def read_json(payload: bytes) -> Any:
    """Read JSON strictly: no NaN, no bottomless nesting, one value for each name."""
    try:
        return json.loads(payload, parse_constant=_refuse_constant, object_pairs_hook=_once_each)
    except (ValueError, RecursionError) as error:
        raise Invalid("The body is not JSON.") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    return found
