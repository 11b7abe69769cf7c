"""Read the native API's description out of its views."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.generators import SchemaGenerator

from partners.outcomes.serializers import Strict

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


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing the API does, as the page shows it."""

    name: str
    method: str
    path: str
    title: str
    text: str
    parameters: list[dict[str, Any]]
    fields: list[dict[str, Any]]


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


def operations() -> list[Operation]:
    """Give every operation, by address."""
    return [
        _operation(method.upper(), path, described)
        for path, methods in sorted(document()["paths"].items())
        for method, described in methods.items()
    ]


def _operation(method: str, path: str, described: dict[str, Any]) -> Operation:
    title, _, text = str(described.get("description", "")).partition("\n\n")
    body = described.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    parameters = [
        {"name": each["name"], "where": each["in"], "text": each.get("description", "")}
        for each in described.get("parameters", [])
    ]
    return Operation(described["operationId"], method, path, title, text, parameters, _fields(body))


def _fields(schema: dict[str, Any], prefix: str = "") -> list[dict[str, Any]]:
    schema = _resolved(schema)
    if schema.get("type") == "array":
        return _fields(schema["items"], f"{prefix}[].")
    rows = []
    for name, about in schema.get("properties", {}).items():
        inner = _resolved(about)
        if ("items" in inner or "properties" in inner) and (nested := _fields(inner, f"{prefix}{name}")):
            rows += nested
            continue
        words = [str(word) for word in _choices(about) if word not in {"", None}]
        is_required = name in schema.get("required", [])
        text = about.get("description", "")
        rows.append({"name": f"{prefix}{name}", "is_required": is_required, "words": words, "text": text})
    return rows


def _choices(about: dict[str, Any]) -> list[Any]:
    for each in [about, *about.get("allOf", []), *about.get("oneOf", [])]:
        if found := _resolved(each).get("enum"):
            return list(found)
    return []


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = document()["components"]["schemas"][name] if name else schema
    return found
