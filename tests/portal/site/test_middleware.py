"""Headers on every answer, and refusals in the form the caller reads."""

from urllib.parse import urlencode

import pytest
from django.db import OperationalError
from django.test import Client

from portal.reports import queries
from portal.site import middleware
from tests.portal.reports import people

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/", "/start/", "/nowhere", "/static/site.css", "/ncmec/v2/status", "/health"])
@pytest.mark.parametrize("method", ["get", "post", "put", "delete", "head", "options"])
def test_every_answer_carries_the_strict_headers(path, method):
    """Pages, programs, files and errors alike, whatever the method."""
    answer = getattr(Client(), method)(path)
    answer.close()
    for name, value in middleware.HEADERS.items():
        assert answer[name] == value, f"{path} {method} {answer.status_code}: {name}"
    assert answer["Cache-Control"] in {"no-store", "no-cache"}
    assert "Access-Control-Allow-Origin" not in answer


def test_a_hashing_workers_file_carries_a_policy_without_any_connection():
    """Sealed: the worker that sees a photo can reach nothing."""
    answer = Client().get("/static/hashing/worker.js")
    answer.close()
    policy = answer["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "connect-src" not in policy


def test_an_unchanged_file_keeps_the_policy_it_was_first_served_with():
    """A browser merges what a 304 says into what it keeps: the second visit's worker must be as sealed as the first's."""
    first = Client().get("/static/hashing/worker.js")
    first.close()
    again = Client().get("/static/hashing/worker.js", headers={"If-None-Match": first["ETag"]})
    again.close()
    assert again.status_code == 304
    assert again.get("Content-Security-Policy", first["Content-Security-Policy"]) == first["Content-Security-Policy"]


def test_a_person_gets_a_page_and_a_program_a_problem():
    """RFC 9457 on APIs, a kind page elsewhere."""
    page, problem = Client().get("/nowhere"), Client().get("/api/v1/nowhere")
    assert page["Content-Type"].startswith("text/html")
    assert problem["Content-Type"] == "application/problem+json"
    assert problem.json() == {
        "type": "urn:takeitdown:problem:not-found",
        "title": "Not found",
        "status": 404,
        "detail": "There is nothing at this address.",
    }


def test_a_database_that_is_away_is_said_with_a_time_to_try_again(monkeypatch):
    """503 and Retry-After, not our mistake."""

    def away(*_, **__):
        raise OperationalError

    monkeypatch.setattr(queries, "report_for", away)
    body = urlencode({"reference": people.reference(), "key": people.KEY})
    answer = Client().post("/return/", body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "2"


def test_a_form_from_another_site_is_refused():
    """Sec-Fetch-Site tells where it came from."""
    answer = Client().post(
        "/return/",
        "reference=a&key=b",
        content_type="application/x-www-form-urlencoded",
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403


def test_a_body_of_unknown_length_is_refused():
    """Nothing is read that could be endless."""
    answer = Client().post(
        "/start/send", b"", content_type="application/json", headers={"Transfer-Encoding": "chunked"}
    )
    assert answer.status_code == 411
