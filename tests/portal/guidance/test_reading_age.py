"""Every public page can be read at the age of eleven."""

import re
from html import unescape
from urllib.parse import urlencode

import pyphen
import pytest
from django.core.cache import caches
from django.test import Client

from tests.portal.reports import people

pytestmark = pytest.mark.django_db

HARDEST_GRADE = 6.0
HYPHENS = pyphen.Pyphen(lang="en_US")
PAGES = ["/", "/start/", "/practise/", "/return/", "/threatened/", "/leaving/", "/guides/"]


def sentences(html):
    """Give the running sentences of a page's own part: what ends in a full stop, a question mark or a colon."""
    main = html.split('<main id="content"')[1].split("</main>")[0]
    main = re.sub(r"<(script|template|noscript|pre)\b.*?</\1>", " ", main, flags=re.DOTALL)
    blocks = re.split(r"</?(?:p|li|h\d|legend|label|summary|button|a|dt|dd|section|div|span|strong|br)\b[^>]*>", main)
    texts = [" ".join(unescape(re.sub(r"<[^>]+>", "", block)).split()) for block in blocks]
    return [text for text in texts if re.search("[.?:\N{RIGHT DOUBLE QUOTATION MARK}]$", text)]


def grade(text):
    """Give the American school grade that can read it, by Flesch and Kincaid's formula."""
    words = re.findall("[A-Za-z'\N{RIGHT SINGLE QUOTATION MARK}]+", text)
    syllables = sum(1 + len(HYPHENS.positions(word)) for word in words)
    return 0.39 * len(words) / len(re.findall(r"[.?:!]+", text)) + 11.8 * syllables / len(words) - 15.59


@pytest.mark.parametrize("page", PAGES)
def test_a_page_needs_no_more_than_six_years_of_school(page):
    """Measured over its running sentences."""
    text = " ".join(sentences(Client().get(page).content.decode()))
    assert len(text.split()) > 20
    assert grade(text) <= HARDEST_GRADE, text


REPORT_PAGES = {
    "/return/": {},
    "/return/message/": {"text": "I want to die"},
    "/return/reader/": {},
    "/return/expiry/": {"months": "6"},
    "/return/pause/": {},
    "/return/withdraw/": {},
    "/return/withdraw/ sure": {"sure": "yes"},
}


@pytest.mark.parametrize("page", REPORT_PAGES)
def test_the_pages_of_a_report_need_no_more_either(page):
    """In every state: sent, urgent, shared, paused, stopped."""
    caches["memory"].clear()
    report = people.report(links=(("https://site.example/", True),), platforms=("reddit",), email="x@mail.example")
    body = urlencode({"reference": report.reference, "key": people.KEY} | REPORT_PAGES[page])
    answer = Client().post(page.split()[0], body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    text = " ".join(sentences(answer.content.decode()))
    assert len(text.split()) > 20
    assert grade(text) <= HARDEST_GRADE, text
