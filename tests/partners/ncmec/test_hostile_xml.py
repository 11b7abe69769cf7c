"""Hostile bodies at the only door that reads XML: refused in words, at once, with nothing read, kept or asked."""

import time
from base64 import b64encode
from typing import Any

import pytest
from django.test import Client

from partners.outcomes.models import Feedback
from registry.entries.models import Entry
from tests.partners.conftest import MakeListed, Partner, image

AFFIRMATIVE = "<feedbackSubmission><affirmative/></feedbackSubmission>"
BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE = {
    "an entity": '<!DOCTYPE f [<!ENTITY x "<affirmative/>">]><feedbackSubmission>&x;</feedbackSubmission>',
    "a file": '<!DOCTYPE f [<!ENTITY x SYSTEM "file:///etc/passwd">]><feedbackSubmission>&x;</feedbackSubmission>',
    "an address": '<!DOCTYPE f [<!ENTITY x SYSTEM "http://127.0.0.1:9/">]><feedbackSubmission>&x;</feedbackSubmission>',
    "a parameter entity": '<!DOCTYPE f [<!ENTITY % x SYSTEM "http://127.0.0.1:9/"> %x;]>' + AFFIRMATIVE,
    "an outside definition": '<!DOCTYPE f SYSTEM "http://127.0.0.1:9/f.dtd">' + AFFIRMATIVE,
    "a definition alone": "<!DOCTYPE feedbackSubmission>" + AFFIRMATIVE,
    "billion laughs": f'<!DOCTYPE f [<!ENTITY e0 "ha">{BOMB}]><feedbackSubmission>&e9;</feedbackSubmission>',
    "quadratic": f'<!DOCTYPE f [<!ENTITY x "{"a" * 20_000}">]><feedbackSubmission>{"&x;" * 5000}</feedbackSubmission>',
    "an unknown entity": "<feedbackSubmission>&nbsp;</feedbackSubmission>",
    "a deep nest": "<feedbackSubmission>" + "<a>" * 8000,
    "a deep nest that ends": "<a>" * 8000 + "</a>" * 8000,
    "two roots": AFFIRMATIVE + AFFIRMATIVE,
    "text after": AFFIRMATIVE + "more",
    "an attribute twice": '<feedbackSubmission><affirmative a="1" a="2"/></feedbackSubmission>',
    "an unbound prefix": "<x:feedbackSubmission><affirmative/></x:feedbackSubmission>",
    "two votes": "<feedbackSubmission><affirmative/><affirmative/></feedbackSubmission>",
    "a vote both ways": "<feedbackSubmission><affirmative/><negative/></feedbackSubmission>",
    "a vote inside a vote": "<feedbackSubmission><affirmative><negative/></affirmative></feedbackSubmission>",
    "many reasons": "<feedbackSubmission><negative><reasonIds>" + "<guid>g</guid>" * 2000 + "</reasonIds></negative></feedbackSubmission>",
    "a reason of the wrong kind": "<feedbackSubmission><negative><reasonIds><guid>&#x202e;</guid></reasonIds></negative></feedbackSubmission>",
    "a character that cannot be": "<feedbackSubmission><affirmative/>&#0;</feedbackSubmission>",
    "a section": "<![CDATA[" + AFFIRMATIVE + "]]>",
    "nothing": "",
    "blanks": "   \n",
    "JSON": '{"affirmative": true}',
}  # fmt: skip
ENCODED = {
    "cut short": AFFIRMATIVE.encode()[:-5],
    "not UTF-8": b"<feedbackSubmission><affirmative/>\xff\xfe</feedbackSubmission>",
    "an overlong slash": b"<feedbackSubmission><affirmative\xc0\xaf/></feedbackSubmission>",
    "an unknown encoding": b'<?xml version="1.0" encoding="no-such"?>' + AFFIRMATIVE.encode(),
    "UTF-7": b'<?xml version="1.0" encoding="utf-7"?>+ADw-feedbackSubmission/+AD4-',
    "UTF-16 that says UTF-8": '<?xml version="1.0" encoding="utf-8"?>'.encode("utf-16") + AFFIRMATIVE.encode("utf-16"),
    "UTF-32": AFFIRMATIVE.encode("utf-32"),
    "half a UTF-16": AFFIRMATIVE.encode("utf-16")[:-1],
    "a codec that is none": b'<?xml version="1.0" encoding="base64"?>' + AFFIRMATIVE.encode(),
    "zeros": b"\0" * 5000,
    "noise": bytes(range(256)) * 20,
    "packed": b"\x1f\x8b\x08\x00" + b"\0" * 40,
}


@pytest.fixture
def entry(make_listed: MakeListed) -> Entry:
    return make_listed(image(1))[0]


def put(partner: Partner, entry: Entry, body: bytes, kind: str = "application/xml; charset=utf-8") -> Any:
    path = f"/ncmec/v2/entries/1/{entry.reference}/PDQ/feedback"
    client = Client()
    return client.put(path, body, content_type=kind, headers={"Authorization": basic(partner)})


def basic(partner: Partner) -> str:
    return "Basic " + b64encode(f"{partner.key.name}:{partner.secret}".encode()).decode()


@pytest.mark.parametrize("name", [*HOSTILE, *ENCODED])
def test_a_hostile_body_is_refused_at_once_and_changes_nothing(
    partner: Partner, entry: Entry, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.create_connection", lambda *_, **__: pytest.fail("asked the network"))
    body = HOSTILE[name].encode() if name in HOSTILE else ENCODED[name]
    begun = time.process_time()
    answer = put(partner, entry, body)
    assert time.process_time() - begun < 1
    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert "root:" not in answer.content.decode()
    assert not Feedback.objects.exists()


def test_a_body_longer_than_any_vote_is_not_read(partner: Partner, entry: Entry) -> None:
    assert put(partner, entry, b" " * 100_000 + AFFIRMATIVE.encode()).status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        AFFIRMATIVE.encode("utf-16"),
        b"\xef\xbb\xbf" + AFFIRMATIVE.encode(),
        b'<?xml version="1.0" encoding="iso-8859-1"?>' + AFFIRMATIVE.encode(),
        b"<!-- by hand -->" + AFFIRMATIVE.encode(),
    ],
)
def test_an_honest_body_in_another_encoding_is_taken(partner: Partner, entry: Entry, body: bytes) -> None:
    assert put(partner, entry, body).status_code == 200
    assert Feedback.objects.count() == 1


def test_hostile_addresses_are_refused(partner: Partner, entry: Entry) -> None:
    client, headers = Client(), {"Authorization": basic(partner)}
    for path in (
        f"/ncmec/v2/entries/1/{entry.reference}/..%2f..%2fPDQ/feedback",
        f"/ncmec/v2/entries/99999999999999999999/{entry.reference}/PDQ/feedback",
        f"/ncmec/v2/entries/1/{'a' * 5000}/PDQ/feedback",
        "/ncmec/v2/entries/1/%00/PDQ/feedback",
        f"/ncmec/v2/entries/1/{entry.reference}/pdq/feedback",
    ):
        answer = client.put(path, AFFIRMATIVE, content_type="application/xml", headers=headers)
        assert answer.status_code == 404, path
