"""What the NCMEC addresses refuse, in which words; and the bytes they answer with."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import fromstring

import pytest
from django.test import Client

from partners.feed.models import Download
from partners.ncmec import forms
from partners.ncmec.rules import Window
from partners.outcomes.models import Feedback
from registry.entries.models import Entry
from tests.partners.conftest import MakeListed, Partner, image, video
from tests.registry.entries import samples

NAMESPACE = "{https://hashsharing.ncmec.org/hashsharing/v2}"
BOMB = b"""<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<feedbackSubmission><affirmative>&b;</affirmative></feedbackSubmission>"""
OUTSIDE = b"""<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>
<feedbackSubmission><affirmative/>&a;</feedbackSubmission>"""


@pytest.fixture
def client(partner: Partner) -> Client:
    shown = b64encode(f"{partner.key.name}:{partner.secret}".encode()).decode()
    return Client(headers={"Authorization": f"Basic {shown}"}, enforce_csrf_checks=True)


@pytest.fixture
def entry(make_listed: MakeListed) -> Entry:
    return make_listed(image(1))[0]


def entries(client: Client, begin: str = "1970-01-01T00:00:00Z", end: str = "2026-01-01T00:00:00Z") -> Any:
    return client.get(f"/ncmec/v2/entries?to={quote(end)}&from={quote(begin)}")


def put(client: Client, entry: Entry, body: bytes) -> Any:
    return client.put(f"/ncmec/v2/entries/1/{entry.reference}/PDQ/feedback", body, content_type="application/xml")


@pytest.mark.parametrize("query", ["from={0}&to={1}", "to={1}&from={0}"])
@pytest.mark.parametrize("fraction", ["", ".000"])
def test_an_empty_window_is_answered_as_one(client: Client, query: str, fraction: str) -> None:
    window = [quote(f"{year}-01-01T00:00:00{fraction}Z") for year in (1970, 2026)]
    answer = client.get(f"/ncmec/v2/entries?{query.format(*window)}")
    assert answer["Content-Type"] == "application/xml; charset=utf-8"
    root = fromstring(answer.content)
    assert [(child.tag.removeprefix(NAMESPACE), child.attrib) for child in root] == [
        ("images", {"count": "0"}),
        ("videos", {"count": "0"}),
    ]


def test_a_video_with_features_has_their_address(client: Client, make_listed: MakeListed) -> None:
    item = samples.video_with_features(1)
    [entry, _] = make_listed(item, video(2))
    soon = (datetime.now(UTC) + timedelta(seconds=9)).strftime("%Y-%m-%dT%H:%M:%SZ")
    [element] = fromstring(entries(client, end=soon).content).iter(f"{NAMESPACE}tmk-pdqf")
    assert element.attrib == {"rel": "self", "href": f"/v2/entries/{entry.reference}/fingerprints/TMK_PDQF"}
    assert client.get(f"/ncmec{element.attrib['href']}").content == item.fingerprints[-1].content


def test_a_window_is_closed_below_and_open_above(client: Client, entry: Entry) -> None:
    answer = entries(client, end=(datetime.now(UTC) + timedelta(seconds=9)).strftime("%Y-%m-%dT%H:%M:%SZ"))
    published = fromstring(answer.content).find(f".//{NAMESPACE}timestamp")
    assert published is not None
    assert published.text
    before = (datetime.fromisoformat(published.text) - timedelta(seconds=9)).strftime("%Y-%m-%dT%H:%M:%SZ")
    after = (datetime.fromisoformat(published.text) + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert b"<image>" in entries(client, published.text, after).content
    assert b"<image>" not in entries(client, before, published.text).content


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "Send 'from' and 'to'"),
        ("from=1970-01-01T00:00:00Z", "Send 'from' and 'to'"),
        ("from=yesterday&to=2026-01-01T00:00:00Z", "from: Send a UTC time"),
        ("from=1970-01-01T00:00:00Z&to=2026-13-01T00:00:00Z", "to: Send a UTC time"),
        ("from=1970-01-01T00:00:00Z&to=2026-01-01T00:00:00%2B02:00", "to: Send a UTC time"),
        ("from=2026-01-01T00:00:00Z&to=2025-01-01T00:00:00Z", "before 'from'"),
        ("from=1970-01-01T00:00:00Z&to=2026-01-01T00:00:00Z&type=MD5", "Unknown parameters: type."),
        ("cursor=abc", "not one of ours"),
        ("cursor=abc&from=1970-01-01T00:00:00Z", "stands alone"),
    ],
)
def test_an_unreadable_window_is_refused(client: Client, query: str, words: str) -> None:
    answer = client.get(f"/ncmec/v2/entries?{query}")
    assert answer.status_code == 400
    assert words in answer.json()["detail"]


def test_a_window_that_ends_in_the_future_is_refused_with_the_remedy(client: Client) -> None:
    end = datetime.now(UTC) + timedelta(hours=1)
    answer = entries(client, end=end.strftime("%Y-%m-%dT%H:%M:%SZ"))
    assert answer.status_code == 400
    assert "TZ=UTC" in answer.json()["detail"]


def test_a_cursor_changed_by_one_letter_is_refused(client: Client) -> None:
    cursor = forms.write_cursor(Window(0, 1), 5)
    assert client.get("/ncmec/v2/entries", {"cursor": cursor}).status_code == 200
    assert client.get("/ncmec/v2/entries", {"cursor": cursor[:-1] + "_"}).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not xml",
        b"<feedbackSubmission/>",
        b"<other><affirmative/></other>",
        b"<feedbackSubmission><affirmative/><affirmative/></feedbackSubmission>",
        b"<feedbackSubmission><negative/></feedbackSubmission>",
        b"<feedbackSubmission><negative><reasonIds><guid/></reasonIds></negative></feedbackSubmission>",
        b"<feedbackSubmission><maybe/></feedbackSubmission>",
        b"\xff\xfe\x00<",
        b'<?xml version="1.0" encoding="utf-99"?><feedbackSubmission/>',
        b"<a>" * 5000,
        BOMB,
        OUTSIDE,
    ],
)
def test_hostile_or_unreadable_feedback_is_refused(client: Client, entry: Entry, body: bytes) -> None:
    answer = put(client, entry, body)
    assert answer.status_code == 400
    assert not Feedback.objects.exists()


def test_feedback_is_taken_without_a_form_token(client: Client, entry: Entry) -> None:
    assert put(client, entry, b"<feedbackSubmission><affirmative/></feedbackSubmission>").status_code == 200


def test_a_page_is_compressed_for_who_can_read_that(client: Client, make_listed: MakeListed) -> None:
    make_listed(*(image(seed) for seed in range(5)))
    end = datetime.now(UTC) + timedelta(seconds=9)
    address = f"/ncmec/v2/entries?from=1970-01-01T00:00:00Z&to={end:%Y-%m-%dT%H:%M:%SZ}"
    assert client.get(address, headers={"Accept-Encoding": "gzip, deflate"})["Content-Encoding"] == "gzip"


def test_who_finds_an_empty_list_or_window_has_not_begun_a_whole_read(client: Client, make_listed: MakeListed) -> None:
    end = datetime.now(UTC) + timedelta(seconds=9)
    whole = f"/ncmec/v2/entries?from=1970-01-01T00:00:00Z&to={end:%Y-%m-%dT%H:%M:%SZ}"
    client.get(whole)
    make_listed(image(1))
    client.get("/ncmec/v2/entries?from=1970-01-01T00:00:00Z&to=1990-01-01T00:00:00Z")
    client.get(whole)
    client.get(whole.replace("1970", "1971"))
    assert list(Download.objects.order_by("pk").values_list("is_whole", flat=True)) == [False, False, True, True]


def test_who_shows_no_key_is_asked_for_one_by_basic_auth() -> None:
    answer = Client().get("/ncmec/v2/status")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Basic ")


def test_no_address_redirects(client: Client) -> None:
    for path in ("status", "members", "entries", "feedback/PDQ/reasons"):
        assert client.get(f"/ncmec/v2/{path}/").status_code == 404
