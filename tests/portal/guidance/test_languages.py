"""Both languages are whole, and any language may run from right to left."""

import gettext as catalogs
import json
import re
from html import unescape
from pathlib import Path

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import translation
from django.utils.translation import trans_real

from portal.guidance import actions, queries, rules
from portal.guidance.models import Wording
from portal.guidance.states import READ, Language
from portal.reports import rules as reports
from registry.access.actors import Actor, ActorKind
from registry.access.refusals import Refused

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "portal" / "locale" / "es" / "LC_MESSAGES"
PUBLIC = [
    "base_public.html",
    "base.html",
    "reports",
    "guidance",
    "figures/transparency.html",
    "components/secret.html",
    "components/field.html",
]
MARKED = re.compile(r'{%\s*translate\s+"([^"]+)"')
CRISIS = ["_tonight.html", "threatened.html", "_help_lines.html"]
URGENT = re.compile(r'<div class="notice" data-kind="urgent".*?</div>', re.DOTALL)
ADMINISTRATOR = Actor(ActorKind.STAFF, "7f3a")


@pytest.fixture(autouse=True)
def forgetful():
    """Begin and end without what a process remembers of languages."""
    caches["memory"].clear()
    yield
    caches["memory"].clear()


def entries():
    """Give (words, translation) of the Spanish file."""
    found = re.findall(r'^msgid ((?:".*"\n)+)msgstr ((?:".*"\n?)+)', (FOLDER / "django.po").read_text(), re.MULTILINE)
    return [tuple(unescaped("".join(re.findall(r'"(.*)"', part))) for part in pair) for pair in found]


def unescaped(text):
    """Give the words as they are said."""
    return text.replace("\\n", "\n").replace('\\"', '"')


def compiled():
    """Give the compiled words."""
    with (FOLDER / "django.mo").open("rb") as file:
        return {words: said for words, said in catalogs.GNUTranslations(file)._catalog.items() if words}


def test_every_marked_word_of_the_public_pages_has_its_spanish():
    """None is left in English by oversight."""
    spanish = compiled()
    templates = [
        path
        for name in PUBLIC
        for path in (ROOT / "templates").glob(name if name.endswith(".html") else name + "/*.html")
    ]
    words = {word for path in templates for word in MARKED.findall(path.read_text())}
    assert len(words) > 200
    assert not [word for word in words if word not in spanish]


def test_the_compiled_file_is_that_of_the_text_file():
    """A change of words is compiled before it is kept."""
    written = {words: said for words, said in entries() if words}
    assert all(written.values())
    assert written == compiled()


@pytest.mark.parametrize(("words", "said"), [pair for pair in entries() if pair[0]])
def test_a_translation_keeps_the_places_for_names_and_numbers(words, said):
    """And its marks."""
    places = r"%\(\w+\)s|%\d|</?\w+>"
    assert sorted(re.findall(places, words)) == sorted(re.findall(places, said))


@pytest.mark.parametrize("page", ["/", "/start/", "/return/", "/threatened/", "/guides/", "/letter/", "/leaving/"])
def test_a_spanish_page_has_no_english_sentence(page):
    """Common English words do not occur."""
    text = re.sub(r"<[^>]+>", " ", Client().get("/es" + page).content.decode())
    assert not re.findall(r"\b(?:the|you|your|with|this|what)\b", text.replace("TAKE IT DOWN", ""))


@pytest.mark.parametrize(
    ("path", "headers", "said"),
    [
        ("/es/nowhere/", {"Accept": "text/html"}, "<h1>No se encuentra</h1>"),
        ("/nowhere/", {"Accept": "application/json", "Accept-Language": "es"}, "No hay nada en esta direcci"),
    ],
)
def test_what_is_refused_is_said_in_the_language_of_the_page(path, headers, said):
    """On a page of its own, and to the script that shows the sentence on the page it is on."""
    assert said in Client().get(path, headers=headers).content.decode()


def test_every_refusal_that_a_report_may_meet_has_its_spanish():
    """With its numbers, as it is said."""
    refusals = [
        lambda: reports.check_report([], [("https://a.example/", False)] * (reports.MAXIMUM_LINKS + 1)),
        lambda: reports.check_room(reports.MAXIMUM_ITEMS + 1),
        lambda: reports.check_may_change(False),
        lambda: reports.check_same(b"a", b"a", b"b", b"b"),
        *(lambda state=state: reports.check_transition("pause", state, ()) for state in ("paused", "withdrawn")),
    ]
    for refuse in refusals:
        with pytest.raises(Refused) as refused:
            refuse()
        assert refused.value.reason in compiled()


def test_only_languages_somebody_has_read_are_offered():
    """A draft is not."""
    assert queries.offered() == ("en", "es")
    assert Client().get("/fr/").status_code == 404
    answer = Client().get("/", headers={"Accept-Language": "fr"})
    assert answer["Content-Language"] == "en"


@pytest.mark.parametrize("language", [language for language in Language if language not in READ])
def test_a_draft_is_offered_once_a_named_reader_has_signed_it_and_no_longer_when_its_words_change(
    language, django_capture_on_commit_callbacks, monkeypatch
):
    """By its address, by the browser's wish, and on every page; in its own direction."""
    with django_capture_on_commit_callbacks(execute=True):
        actions.sign_language(language, "Amal Reader", actor=ADMINISTRATOR)
    page = Client().get(f"/{language}/")
    direction = "rtl" if language in {"ar", "ur"} else "ltr"
    assert f'<html lang="{language}" dir="{direction}"' in page.content.decode()
    assert Client().get("/", headers={"Accept-Language": f"xx,{language}"})["Content-Language"] == language
    assert f'href="/{language}/start/"' in Client().get("/start/").content.decode()
    monkeypatch.setattr(queries, "catalogue_digest", lambda code: "other words")
    caches["memory"].clear()
    assert Client().get(f"/{language}/").status_code == 404


@pytest.mark.parametrize("language", [language for language in Language if language not in READ])
def test_no_draft_holds_words_for_a_crisis(language):
    """Those are written and read by people of that language; until then the English shows."""
    templates = [ROOT / "templates" / "guidance" / name for name in CRISIS]
    notices = [notice for path in (ROOT / "templates").rglob("*.html") for notice in URGENT.findall(path.read_text())]
    assert len(notices) > 2
    words = {word for text in [*(path.read_text() for path in templates), *notices] for word in MARKED.findall(text)}
    assert len(words) > 20
    assert not words & set(queries.catalogue(language))


@pytest.fixture
def signed_arabic(django_capture_on_commit_callbacks):
    """Have the Arabic draft offered as it is."""
    with django_capture_on_commit_callbacks(execute=True):
        actions.sign_language("ar", "Amal Reader", actor=ADMINISTRATOR)
    yield
    trans_real._translations.pop("ar", None)


def test_words_for_a_crisis_are_marked_as_english_until_somebody_has_written_them(
    signed_arabic, django_capture_on_commit_callbacks
):
    """A voice reads them as English then, and their full stop stands where it belongs."""
    marked = '<span lang="en" dir="ltr">Stop answering.</span>'
    assert marked in Client().get("/ar/threatened/").content.decode()
    assert '<span lang="en"' not in Client().get("/es/threatened/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        actions.set_wording("ar", "Stop answering.", "كف عن الرد.", actor=ADMINISTRATOR)
    page = Client().get("/ar/threatened/").content.decode()
    assert "<strong>كف عن الرد.</strong>" in page
    assert "Stop answering." not in page


def test_a_number_to_call_keeps_its_order_among_words_from_right_to_left(signed_arabic):
    """As parts of an Arabic sentence, its groups of digits would change places."""
    assert "اتصال بالرقم <bdi>1-800-843-5678</bdi>" in Client().get("/ar/").content.decode()


@pytest.mark.parametrize("language", [language for language in Language if language not in READ])
def test_a_draft_says_something_and_keeps_the_places_for_names_and_numbers(language):
    """And nothing that no page says any more."""
    catalogue = queries.catalogue(language)
    assert len(catalogue) > 20
    assert set(catalogue) <= queries.phrases()
    for words, said in catalogue.items():
        rules.check_wording(words, said)


def test_words_with_an_apostrophe_stay_in_the_attribute_that_holds_them(
    signed_arabic, django_capture_on_commit_callbacks
):
    """The script that counts presses of Shift reads them out of it."""
    with django_capture_on_commit_callbacks(execute=True):
        actions.set_wording("ar", "Leaving.", "That's it.", actor=ADMINISTRATOR)
    kept = re.search(r"data-words='([^']*)'", Client().get("/ar/").content.decode()).group(1)
    assert json.loads(kept)[2] == "That's it."


@pytest.fixture
def made_up_language(django_capture_on_commit_callbacks):
    """Have the service speak Arabic letters for Latin ones, throughout: no language, but one that runs from right to left."""
    letters = {letter: chr(0x0628 + number % 8) for number, letter in enumerate("abcdefghijklmnopqrstuvwxyz")}
    kept = re.compile(r"(%\(\w+\)s|%\d|</?\w+>)")

    def said(words):
        parts = kept.split(words)
        return "".join(part if kept.match(part) else "".join(letters.get(c.lower(), c) for c in part) for part in parts)

    Wording.objects.bulk_create(Wording(language="ar", words=words, said=said(words)) for words in queries.phrases())
    with django_capture_on_commit_callbacks(execute=True):
        actions.sign_language("ar", "Nobody", actor=ADMINISTRATOR)
    yield
    trans_real._translations.pop("ar", None)


@pytest.mark.parametrize(
    "page", ["/", "/start/", "/practise/", "/return/", "/threatened/", "/letter/", "/leaving/", "/guides/"]
)
def test_every_word_of_a_page_can_be_said_in_a_language_that_runs_from_right_to_left(page, made_up_language):
    """No Latin word is left but names, and words that operators keep by language."""
    html = Client().get("/ar" + page).content.decode()
    assert '<html lang="ar" dir="rtl"' in html
    html = re.sub(r"<(script|kbd|noscript)\b.*?</\1>|<ol>.*?</ol>", " ", html, flags=re.DOTALL)
    text = unescape(re.sub(r"<[^>]+>", "\n", html))
    names = {line.name for line in queries.lines()} | {platform.name for platform in queries.platform_rows()}
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "")
    text = re.sub(r"English|Español|THORN|SHOUT|CONNECT|notes\.txt", "", text)
    assert not re.findall(r"[A-Za-z]{3,}", text)


@pytest.mark.parametrize("accepted", ["", "es", "xx", "en-GB,en;q=0.9"])
def test_the_header_that_names_the_language_is_a_plain_word(accepted):
    """A server refuses anything else in a header."""
    answer = Client().get("/", headers={"Accept-Language": accepted})
    assert type(answer["Content-Language"]) is str


def test_a_language_leaves_nothing_behind():
    """The next request is in its own language."""
    assert Client().get("/es/")["Content-Language"] == "es"
    assert translation.get_language() == "en"
    assert Client().get("/")["Content-Language"] == "en"
