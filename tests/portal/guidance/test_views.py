"""Guidance pages and the way out."""

import re

import pytest
from django.db import OperationalError
from django.test import Client

from portal.guidance import actions, queries
from portal.guidance.models import HelpLine, Platform, Signature
from registry.access.actors import Role, system
from tests.portal.staff.people import make_person, post

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


@pytest.fixture
def desk():
    """Give the browser of an administrator, at the desk where the pages are changed."""
    return make_person("admin@staff.example", Role.ADMINISTRATOR).sign_in()


def test_an_administrator_changes_a_help_line_from_the_desk(desk):
    """Added, refused without a number, changed, tried, removed."""
    line = {"country": "FR", "name": "Ligne de nuit", "phone": "3114", "position": "0"}
    assert post(desk, "/staff/pages/lines/new/", **line | {"phone": ""}).status_code == 400
    assert post(desk, "/staff/pages/lines/new/", **line).status_code == 302
    pk = HelpLine.objects.get(name="Ligne de nuit").pk
    assert post(desk, f"/staff/pages/lines/{pk}/", **line | {"phone": "3115"}).status_code == 302
    assert post(desk, f"/staff/pages/lines/{pk}/check/").status_code == 302
    assert "3115" in Client().get("/").content.decode()
    assert post(desk, f"/staff/pages/lines/{pk}/remove/").status_code == 302
    assert not HelpLine.objects.filter(pk=pk).exists()


def test_an_administrator_changes_platforms_guides_words_and_languages_from_the_desk(desk):
    """Each from its own page."""
    platform = {"name": "Pond", "slug": "pond", "position": "0"}
    assert post(desk, "/staff/pages/platforms/new/", **platform).status_code == 302
    assert post(desk, "/staff/pages/platforms/pond/", **platform | {"name": "Pond Two"}).status_code == 302
    assert Platform.objects.get(slug="pond").name == "Pond Two"
    guide = {"language": "en", "steps": "Press the flag."}
    assert post(desk, "/staff/pages/platforms/pond/guide/", **guide).status_code == 302
    assert post(desk, "/staff/pages/platforms/pond/guide/", language="en", steps="").status_code == 400
    assert b"Press the flag." in desk.get("/staff/pages/platforms/pond/").content
    name = queries.phrase_name("Call %(number)s")
    assert b"Call %(number)s" in desk.get("/staff/pages/words/?language=es&find=call").content
    refused = post(desk, f"/staff/pages/words/es/{name}/", said="Llama")
    assert refused.status_code == 400
    assert b"Keep what stands between" in refused.content
    assert post(desk, f"/staff/pages/words/es/{name}/", said="Marca %(number)s").status_code == 302
    assert post(desk, "/staff/pages/languages/fr/sign/", reader="Camille").status_code == 400
    assert post(desk, "/staff/pages/languages/fr/sign/", reader="Camille", is_whole="on").status_code == 302
    assert Signature.objects.get().reader == "Camille"
    assert b"Read by Camille" in desk.get("/staff/pages/").content
    assert post(desk, "/staff/pages/languages/fr/withhold/").status_code == 302


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_but_an_administrator_changes_the_pages(role):
    """Not by the button, and not by the form behind it."""
    client = make_person("other@staff.example", role).sign_in()
    assert client.get("/staff/pages/lines/new/").status_code == 403
    assert post(client, "/staff/pages/languages/fr/sign/", reader="X", is_whole="on").status_code == 403
    assert not Signature.objects.exists()


def test_an_auditor_reads_the_desk_and_its_words_and_finds_nothing_to_press():
    """What changes the pages is not even offered."""
    actions.save_line(HelpLine(country="US", name="Night Line", phone="555 0100"), actor=system("test"))
    client = make_person("aud@staff.example", Role.AUDITOR).sign_in()
    desk, words = (client.get(f"/staff/pages/{path}").content for path in ("", "words/?find=leave+now"))
    assert b"Night Line" in desk
    assert b"Leave now" in words
    assert not re.search(rb'queue-item" href|/new/|/sign/|action="/staff/pages/', desk + words)
