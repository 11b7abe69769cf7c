"""Every public page can be read at the age of eleven."""

import re
from html import unescape

import pyphen
import pytest
from django.test import Client

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
