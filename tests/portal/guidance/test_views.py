"""Guidance pages and the way out."""

import pytest
from django.db import OperationalError
from django.test import Client

from portal.guidance import queries

pytestmark = pytest.mark.django_db

PAGES = ["/", "/start/", "/practise/", "/return/", "/leaving/", "/threatened/", "/guides/", "/letter/"]


@pytest.mark.parametrize("page", [*PAGES, "/nothing-here/"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_public_page_has_the_way_out_help_lines_and_languages(page, language):
    """In the same place, in the page's language, and all links lead on in it."""
    answer = Client().get(f"/{language}{page}", headers={"Accept": "text/html"})
    text = answer.content.decode()
    assert f'<html lang="{language}"' in text
    assert text.count(f'href="/{language}/exit/"') == 2
    assert "0800 1111" in text
    assert f'href="/es{page}"' in text
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies


@pytest.mark.parametrize("page", PAGES)
def test_no_title_tells_what_the_page_is_about(page):
    """A title stands in tabs and lists of pages."""
    text = Client().get(page).content.decode()
    title = text.split("<title>")[1].split("</title>")[0].lower()
    assert title
    assert not [word for word in ("take it down", "nude", "report", "sex", "intimate", "photo") if word in title]


def test_leaving_has_the_browser_forget_us_and_go_elsewhere(settings):
    """302 to a page anybody might look at."""
    settings.EXIT_ADDRESS = "https://weather.example/"
    answer = Client().get("/exit/")
    assert (answer.status_code, answer["Location"]) == (302, "https://weather.example/")
    assert answer["Clear-Site-Data"] == '"cache", "cookies", "storage"'


def test_the_language_of_the_browser_is_spoken_without_being_asked_for():
    """And its country's lines are shown openly."""
    answer = Client().get("/", headers={"Accept-Language": "es-MX,es;q=0.9"})
    assert answer["Content-Language"] == "es"
    assert "800 911 2000" in answer.content.decode().split("<details>")[0]


def test_help_is_named_even_when_the_database_does_not_answer(monkeypatch):
    """The emergency number stays."""

    def fail(regions=()):
        raise OperationalError

    monkeypatch.setattr(queries, "help_lines", fail)
    answer = Client().get("/leaving/")
    assert answer.status_code == 200
    assert "emergency number" in answer.content.decode()


def test_the_practice_page_is_not_allowed_any_connection():
    """It could not send if it wanted to."""
    assert "connect-src 'none'" in Client().get("/practise/")["Content-Security-Policy"]
    assert "connect-src 'self'" in Client().get("/start/")["Content-Security-Policy"]
