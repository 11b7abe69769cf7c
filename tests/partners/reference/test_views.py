"""The API's description is whole, and can be read without a script."""

import io
from typing import Any
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.test import Client
from django.urls import get_resolver

from partners.reference import queries
from registry.access import doors
from tests.architecture.test_doors import addresses

pytestmark = pytest.mark.django_db  # a page looks its words up


def described() -> set[str]:
    return set(queries.document()["paths"])


def test_every_native_address_is_described() -> None:
    there = {
        route.replace("<int:", "{").replace("<str:", "{").replace(">", "}")
        for route, pattern in addresses(get_resolver().url_patterns)
        if (door := doors.door_of(pattern.callback)) and door.dialect is doors.Dialect.NATIVE
    }
    assert there == described()


def test_the_document_is_openapi_3_1_and_says_how_each_operation_refuses() -> None:
    document: dict[str, Any] = Client().get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    for methods in document["paths"].values():
        for operation in methods.values():
            assert operation["description"]
            assert {"400", "401", "403", "429"} <= set(operation["responses"])


def test_every_closed_list_of_words_has_a_name_of_its_own(capfd: pytest.CaptureFixture[str]) -> None:
    queries.document.cache_clear()
    names = queries.document()["components"]["schemas"]
    assert {"CountBand", "EndpointState", "ErasureState", "MessageState"} <= set(names)
    assert not [name for name in names if any(letter.isdigit() for letter in name)]
    assert capfd.readouterr().err == ""


def test_the_page_shows_every_operation_and_runs_no_script() -> None:
    page = Client().get("/api/v1/", headers={"Accept": "text/html"}).content.decode()
    assert all(path in page for path in described())
    assert "<script" not in page
    for word in ("decision", "removed", "Idempotency-Key", "10+"):
        assert word in page


def test_the_package_for_platforms_comes_from_the_service() -> None:
    """As pip unpacks it: its sources and nothing that building left beside them."""
    answer = Client().get("/api/v1/takeitdown-client.zip")
    folder = settings.BASE_DIR / "packages" / "takeitdown-client"
    with ZipFile(io.BytesIO(answer.content)) as archive:
        for name in ("README.md", "pyproject.toml", "takeitdown_client/__main__.py"):
            assert archive.read(f"takeitdown-client/{name}") == (folder / name).read_bytes()
        assert {name.rpartition(".")[2] for name in archive.namelist()} == {"md", "py", "toml"}


def fields_of(name: str) -> dict[str, queries.Field]:
    [operation] = [operation for operation in queries.operations() if operation.name == name]
    return {field.name: field for field in [*operation.gives, *operation.takes]}


def test_the_page_shows_the_fields_of_a_batch_and_of_what_lies_inside() -> None:
    fields = fields_of("report_outcomes")
    assert {"outcomes[].entry", "outcomes[].decided_at", "outcomes[].details.method", "references"} <= set(fields)
    assert "matches[].entry" in fields_of("report_matches")
    assert (fields["outcomes[].entry"].is_needed, fields["outcomes[].count_band"].is_needed) == (True, False)


def test_the_page_says_what_each_value_is_and_what_closed_words_mean() -> None:
    fields = fields_of("report_outcome")
    kinds = {name: fields[name].kind for name in ("decided_at", "details.distance", "details.is_preserved", "entry")}
    assert kinds == {
        "decided_at": "time, UTC", "details.distance": "whole number", "details.is_preserved": "true or false",
        "entry": "text",
    }  # fmt: skip
    assert ("2-9", "2 to 9") in fields["count_band"].words
    assert fields["count_band"].text == ["How many copies, in bands."]
    page = Client().get("/api/v1/", headers={"Accept": "text/html"}).content.decode()
    assert "`" not in page
    assert "<code>corrects</code> replaces it" in page
