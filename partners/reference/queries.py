"""Read the native API's description out of its views."""

import io
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.conf import settings
from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.generators import SchemaGenerator

from partners.outcomes.serializers import Strict

WORD = re.compile(r"^\* `(.+?)` - (.+)$", re.MULTILINE)
"""How the generator writes a word and its meaning into a description."""
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": "A name for the kind of refusal; it does not change."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What was refused, and what to do."},
    },
}
REFUSALS = {
    "400": "Not understood; nothing was changed.",
    "401": "No valid key was shown.",
    "403": "The key may not do this, or not from this network.",
    "404": "There is no such thing.",
    "405": "This address does not take this method.",
    "406": "Not acceptable.",
    "409": "Not possible now; try again in a moment.",
    "411": "A Content-Length is needed.",
    "413": "The body is too large.",
    "415": "Send application/json.",
    "416": "The range lies beyond the file.",
    "422": "Each part was understood, and it cannot be so; or an Idempotency-Key was used for something else before.",
    "429": "Too many requests; Retry-After says for how many seconds.",
    "503": "Not available just now; nothing was changed. Retry-After says for how many seconds.",
}


class StrictExtension(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]  # its authors give no types
    """Say of serializers that take no unknown field that they take none. Known to the generator by being here."""

    target_class = Strict
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        """Describe the fields, and that there are no others."""
        described: dict[str, Any] = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)  # noqa: SLF001 - the documented way
        return described | {"additionalProperties": False}


KINDS = {
    "date-time": "time, UTC",
    "date": "day",
    "integer": "whole number",
    "boolean": "true or false",
    "string": "text",
    "array": "list",
}
"""What a value is called, by its format or type."""
Words = list[str]
"""A text cut at its backquotes: every second part is code."""


@dataclass(frozen=True, slots=True)
class Field:
    """One value that an operation takes or gives. `words` are those it is one of, each with what it means."""

    name: str
    where: str
    is_needed: bool
    kind: str
    text: Words
    words: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing the API does, as the page shows it."""

    name: str
    method: str
    path: str
    title: Words
    text: Words
    takes: list[Field]
    gives: list[Field]


def only_native(endpoints: list[tuple[str, str, str, Any]]) -> list[tuple[str, str, str, Any]]:
    """Leave what is not of the native API out of its description."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith("/api/v1/")]


@lru_cache(1)
def document() -> dict[str, Any]:
    """Give the OpenAPI 3.1 document. It is the same for everybody, and as long as the process lives."""
    generator: Any = SchemaGenerator()  # type: ignore[no-untyped-call]  # its authors give no types
    made: dict[str, Any] = generator.get_schema(request=None, public=True)
    made["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for methods in made["paths"].values():
        for operation in methods.values():
            for status, words in REFUSALS.items():
                operation["responses"].setdefault(status, {"description": words, "content": content})
    return made


@lru_cache(1)
def package() -> bytes:
    """Give our package for platforms as an archive of its sources; the same sources always give the same bytes."""
    folder: Path = settings.BASE_DIR / "packages" / "takeitdown-client"
    written = io.BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as archive:
        for pattern in ("README.md", "pyproject.toml", "takeitdown_client/*.py"):
            for path in sorted(folder.glob(pattern)):
                archive.writestr(ZipInfo(f"{folder.name}/{path.relative_to(folder)}"), path.read_bytes())
    return written.getvalue()


def operations() -> list[Operation]:
    """Give every operation, by address."""
    return [
        _operation(method.upper(), path, described)
        for path, methods in sorted(document()["paths"].items())
        for method, described in methods.items()
    ]


def _operation(method: str, path: str, described: dict[str, Any]) -> Operation:
    title, _, text = str(described.get("description", "")).partition("\n\n")
    takes = [
        _field(each["name"], each["in"], each.get("required", False), each["schema"], each.get("description", ""))
        for each in described.get("parameters", [])
    ]
    takes += _fields(_json(described.get("requestBody", {})), "body")
    answers = [answer for status, answer in described["responses"].items() if status.startswith("2")]
    gives = [field for answer in answers for field in _fields(_json(answer), "answer")]
    return Operation(described["operationId"], method, path, title.split("`"), text.split("`"), takes, gives)


def _json(described: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = described.get("content", {}).get("application/json", {}).get("schema", {})
    return schema


def _fields(schema: dict[str, Any], where: str, prefix: str = "") -> list[Field]:
    schema = _resolved(schema)
    if schema.get("type") == "array":
        return _fields(schema["items"], where, f"{prefix}[]")
    found = []
    for name, about in schema.get("properties", {}).items():
        full = f"{prefix}.{name}" if prefix else name
        nested = _fields(_inner(about), where, full)
        found += nested or [
            _field(full, where, name in schema.get("required", []), about, about.get("description", ""))
        ]
    return found


def _field(name: str, where: str, is_needed: bool, about: dict[str, Any], text: str) -> Field:
    inner = _inner(about)
    meanings = dict(WORD.findall(f"{text}\n{inner.get('description', '')}"))
    words = [(str(word), meanings.get(str(word), "")) for word in inner.get("enum", []) if word not in {"", None}]
    kind = "one of" if words else KINDS.get(inner.get("format", ""), KINDS.get(_type(inner), ""))
    return Field(name, where, is_needed, kind, WORD.sub("", text).strip().split("`"), words)


def _type(schema: dict[str, Any]) -> str:
    """Give the type; of one that may also be null, the other."""
    found = schema.get("type", "")
    return str(next((each for each in found if each != "null"), "") if isinstance(found, list) else found)


def _inner(about: dict[str, Any]) -> dict[str, Any]:
    """Give the schema that says what a value is, behind a reference or where there are several: the one with words."""
    several = [_resolved(each) for each in [about, *about.get("allOf", []), *about.get("oneOf", [])]]
    return next((each for each in several if "enum" in each), several[-1])


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = document()["components"]["schemas"][name] if name else schema
    return found
