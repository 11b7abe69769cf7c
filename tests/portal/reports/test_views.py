"""The reporter's pages and the address the page sends to."""

import json
import re
from base64 import b64encode
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.test import Client

from portal.reports import queries, rules
from portal.reports.models import Answers, Link, MailAddress, Report
from registry.access.actors import REPORTER, Role
from registry.entries import actions as entries
from registry.entries.models import Claim, Entry, Features, Fingerprint
from registry.log.models import PendingChange
from tests.portal.challenges import proofs
from tests.portal.staff.people import make_person, post
from tests.registry.entries import samples

pytestmark = pytest.mark.django_db

STATIC = Path(__file__).resolve().parents[3] / "portal" / "static"
KEY = "A" * 27 + rules.check_character("A" * 27)


def reference(body="ABCDEFGHJK0"):
    """Give a well-formed reference."""
    return body + rules.check_character(body)


def payload(*seeds, body="ABCDEFGHJK0", **changes):
    """Give what the page sends."""
    items = [
        {
            "kind": "image",
            "fingerprints": [
                {"type": "pdq", "digest": samples.pdq_digest(seed), "quality": 100, "form": "original"},
                {"type": "md5", "digest": samples.md5_digest(seed)},
            ],
        }
        for seed in seeds or (1,)
    ]
    code = reference(body)
    return {"reference": code, "key_hash": rules.key_hash(code, KEY).hex(), "items": items} | changes


def send(sent, **headers):
    """Send as the page does, with the proof of work it makes."""
    headers.setdefault("headers", {"Proof-Of-Work": proofs.solved()})
    return Client().post("/start/send", json.dumps(sent), content_type="application/json", **headers)


def come_back(path="/return/", **more):
    """Come back with reference and key."""
    body = urlencode({"reference": reference(), "key": KEY} | more)
    return Client().post(path, body, content_type="application/x-www-form-urlencoded")


def test_a_report_is_accepted_and_listed():
    """201, with the reference and the day."""
    answer = send(payload(1, 2))
    assert answer.status_code == 201
    assert answer.json() == {"reference": reference(), "accepted_on": queries.today().isoformat()}
    assert Entry.objects.count() == 2


def film(**changes):
    """Give what the page of an operator sends who wants TMK+PDQF of a video."""
    features = samples.features(1)
    long = {"type": "tmk_pdqf", "digest": features.digest, "content": b64encode(features.content).decode()}
    return {"kind": "video", "fingerprints": [{"type": "md5", "digest": samples.md5_digest(1)}, long | changes]}


@pytest.fixture
def video_tmk(settings):
    """Have the operator want TMK+PDQF, as the settings read it from the environment."""
    settings.VIDEO_TMK = True
    settings.LARGER_BODIES = {"/start/send": 512 * 1024, "/start/add": 512 * 1024}


def test_features_of_a_video_are_taken_where_the_operator_wants_them(video_tmk):
    """In a first report, in one that adds, and in every language."""
    assert send(payload(items=[film()])).status_code == 201
    more = {"reference": reference(), "key": KEY, "items": [film()]}
    assert Client().post("/es/start/add", json.dumps(more), content_type="application/json").status_code == 201
    assert bytes(Features.objects.get().content) == samples.features(1).content


def test_features_are_too_long_where_the_operator_does_not_want_them():
    """The limit of every other report refuses them before they are read."""
    assert send(payload(items=[film()])).status_code == 413
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"content": "%"}, "not base64"), ({"content": "QQ=="}, "these are 1"), ({"digest": "a" * 64}, "SHA-256")],
)
def test_features_that_are_none_are_refused_in_words(video_tmk, changes, words):
    """By what is wrong with them."""
    answer = send(payload(items=[film(**changes)]))
    assert answer.status_code == 400
    assert words in answer.content.decode()


@pytest.mark.parametrize("path", ["/start/", "/practise/"])
def test_the_page_makes_features_and_tells_of_them_only_where_the_operator_wants_them(settings, path):
    """Off, not a word of the page is another."""
    assert "tmk" not in Client().get(path).content.decode()
    settings.VIDEO_TMK = True
    page = Client().get(path).content.decode()
    assert "data-tmk" in page
    assert "very blurry picture can be made from it" in page


def test_the_key_is_stored_only_as_a_hash():
    """Neither the key nor anything it can be read from."""
    send(payload())
    assert bytes(Report.objects.get().key_hash) == rules.key_hash(reference(), KEY)


def test_sending_again_changes_nothing_and_gets_the_same_answer():
    """A dying connection costs nothing."""
    answers = [send(payload()) for _ in range(3)]
    assert {answer.content for answer in answers} == {answers[0].content}
    assert Report.objects.count() == Entry.objects.count() == Claim.objects.count() == 1


@pytest.mark.parametrize("change", [payload(2), payload(1, 2), payload(key_hash="0" * 64)])
def test_a_different_report_under_the_same_reference_is_refused(change):
    """422, and the first stays as it was."""
    send(payload())
    assert send(change).status_code == 422
    assert Entry.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reference": "nonsense"}, "12 letters"),
        ({"reference": "A" * 12}, "slip"),
        ({"key_hash": "xyz"}, "key_hash"),
        ({"items": []}, "at least one"),
        ({"items": [{"kind": "film", "fingerprints": []}]}, "kind"),
        ({"items": [{"kind": "image", "fingerprints": [{"type": "pdq", "digest": "0" * 64, "quality": 99}]}]}, "blank"),
        ({"items": [{"kind": "image", "fingerprints": [{"type": "sha1", "digest": "0"}]}]}, "sha1"),
        ({"name": "Alex"}, "name"),
        (
            {
                "items": [
                    {"kind": "image", "file_name": "me.jpg", "fingerprints": [{"type": "md5", "digest": "0" * 32}]}
                ]
            },
            "file_name",
        ),
    ],
)
def test_what_cannot_be_understood_is_refused_in_words_and_changes_nothing(change, words):
    """400 as a problem."""
    answer = send(payload() | change)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert words in answer.json()["detail"]
    assert not Report.objects.exists()
    assert not Entry.objects.exists()


def test_a_refusal_speaks_the_language_of_its_page_whatever_was_said_before():
    """One process speaks to all."""
    long = json.dumps(payload(links=[{"address": "a" * 501}]))
    for path, words in [
        ("/es/start/send", "caracteres"),
        ("/start/send", "characters"),
        ("/es/start/send", "caracteres"),
    ]:
        answer = Client().post(path, long, content_type="application/json")
        assert answer.status_code == 400
        assert words in answer.json()["detail"]


def test_what_was_sent_before_is_not_taken_for_what_is_sent_now():
    """What one report leaves out is empty, whatever the one before it said."""
    said = {"situation": "shared", "platforms": ["instagram"]}
    assert (
        send(payload(answers=said, links=[{"address": "https://site.example/"}], email="a@b.example")).status_code
        == 201
    )
    assert send(payload(2, body="ABCDEFGHJK1")).status_code == 201
    assert [kept.objects.count() for kept in (Answers, Link, MailAddress)] == [1, 1, 1]


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("multipart/form-data; boundary=x", b"--x--", 415),
        ("image/jpeg", b"\xff\xd8", 415),
        ("video/mp4", b"ftyp", 415),
        ("application/octet-stream", b"\x00", 415),
        ("text/plain", b"{}", 415),
        ("application/json", b"{", 400),
        ("application/json", b"[]", 400),
        ("application/json", b'{"items": "' + b"a" * 65_536 + b'"}', 413),
    ],
)
def test_pictures_files_and_large_bodies_are_never_taken(kind, body, status):
    """Whatever is tried, no image gets in."""
    assert Client().post("/start/send", body, content_type=kind).status_code == status
    assert not Report.objects.exists()


def test_the_first_step_of_a_report_needs_six_files_and_all_are_named_at_once():
    """A browser asks for six at a time: one more, or one found only inside another, is a wait on a slow line."""
    head = Client().get("/start/").content.decode().split("</head>")[0]
    named = {name for name in re.findall(r'="/static/([^"]+)"', head) if not name.endswith(".svg")}
    scripts = [STATIC / name for name in named if name.endswith(".js")]
    imported = {
        str((script.parent / name).resolve().relative_to(STATIC))
        for script in scripts
        for name in re.findall(r"^import .* from '(.+)'", script.read_text(), re.MULTILINE)
    }
    assert imported <= named
    assert len(named) == 6


def test_coming_back_shows_the_report():
    """Reference and key open it."""
    send(payload(1, 2))
    answer = come_back()
    assert answer.status_code == 200
    assert answer.content.decode().count("No news from a platform yet") == 2


def test_a_paused_report_offers_to_be_switched_on_and_not_what_would_be_refused():
    """Files are added to a report that is on."""
    send(payload())
    adding = 'data-behaviour="add"'
    assert adding in come_back().content.decode()
    paused = come_back("/return/pause/").content.decode()
    assert "Switch it on again" in paused
    assert adding not in paused
    assert adding in come_back("/return/resume/").content.decode()


def test_how_it_went_is_one_tap_that_may_be_changed_and_goes_with_the_report():
    """Three words of ours, none of theirs."""
    send(payload())
    assert "We are sorry" in come_back("/return/went/", went="hard").content.decode()
    thanked = come_back("/return/went/", went="helped").content.decode()
    assert "Thank you for telling us." in thanked
    assert "We are sorry" not in thanked
    assert Report.objects.get().went == "helped"
    assert come_back("/return/went/", went="my own words").status_code == 400
    come_back("/return/withdraw/", sure="yes")
    assert Report.objects.get().went == ""


def test_an_unknown_reference_and_a_wrong_key_look_the_same():
    """Nobody learns which references exist."""
    wrong = "B" * 27 + rules.check_character("B" * 27)
    pages = [come_back(key=wrong)]
    send(payload())
    pages.append(come_back(key=wrong))
    assert [page.status_code for page in pages] == [404, 404]
    assert pages[0].content == pages[1].content


def test_withdrawing_takes_two_taps_and_destroys_the_fingerprints():
    """Asked once, then done."""
    send(payload(1, 2))
    assert "Yes, stop it" in come_back("/return/withdraw/").content.decode()
    assert Fingerprint.objects.exists()
    assert "You have stopped this report" in come_back("/return/withdraw/", sure="yes").content.decode()
    assert not Fingerprint.objects.exists()
    assert Report.objects.get().payload_mac is None
    assert come_back("/return/withdraw/", sure="yes").status_code == 200


def test_a_withdrawn_report_sent_again_by_a_late_retry_stays_withdrawn():
    """A retry in flight must not undo a withdrawal."""
    send(payload())
    come_back("/return/withdraw/", sure="yes")
    answer = send(payload())
    assert answer.status_code == 409
    assert "withdrawn" in answer.json()["detail"]
    assert not Fingerprint.objects.exists()


def test_the_page_never_tells_that_somebody_else_reported_the_same_file():
    """No oracle."""
    entries.accept_items([samples.image(1)], holder="somebody else", actor=REPORTER)
    first = send(payload(1))
    second = send(payload(2, body="KKKKKKKKKKK"))
    assert set(first.json()) == set(second.json())
    assert first.status_code == second.status_code


@pytest.mark.parametrize("path", ["/return/", "/return/pause/", "/return/withdraw/"])
def test_the_page_of_a_report_says_the_same_whether_or_not_somebody_else_reported_the_file(path):
    """Sent, paused and stopped: not a letter differs."""
    entries.accept_items([samples.image(1)], holder="somebody else", actor=REPORTER)
    pages = []
    for seed, body in ((1, "ABCDEFGHJK0"), (2, "KKKKKKKKKKK")):
        send(payload(seed, body=body))
        page = come_back(path, reference=reference(body), sure="yes").content.decode()
        pages.append(page.replace(reference(body), ""))
    assert "have it" in pages[0] or "does not hold it" in pages[0]
    assert pages[0] == pages[1]


def test_staff_settle_a_link_on_their_page():
    """The address stands there until somebody has passed it on."""
    send(payload(links=[{"address": "https://site.example/a", "may_share": True}]))
    client = make_person("rae@staff.example", Role.REVIEWER).sign_in()
    assert b"https://site.example/a" in client.get("/staff/links/").content
    number = Link.objects.get().pk
    assert post(client, f"/staff/links/{number}/settle/").status_code == 302
    assert b"https://site.example/a" not in client.get("/staff/links/").content
    assert "passed on" in come_back().content.decode()


def test_an_auditor_sees_that_a_link_waits_and_neither_opens_nor_settles_it():
    """Where it leads is for those who pass it on, and their looks are counted."""
    send(payload(links=[{"address": "https://site.example/a", "may_share": True}]))
    client = make_person("aud@staff.example", Role.AUDITOR).sign_in()
    page = client.get("/staff/links/").content
    assert b"May be passed on" in page
    assert b"site.example" not in page
    assert b"/settle/" not in page
    assert post(client, f"/staff/links/{Link.objects.get().pk}/settle/").status_code == 403
    assert not PendingChange.objects.filter(record__event="link:read").exists()


@pytest.mark.parametrize("path", ["/", "/start/", "/return/"])
def test_pages_set_no_cookie_and_are_kept_nowhere(path):
    """No trace."""
    answer = Client().get(path)
    assert answer.status_code == 200
    assert not answer.cookies
    assert answer["Cache-Control"] == "no-store"
    assert "Cookie" not in answer.get("Vary", "")


@pytest.mark.parametrize("path", ["/", "/start/", "/return/"])
def test_pages_name_no_other_origin(path):
    """Nothing is loaded from anywhere else."""
    text = Client().get(path).content.decode()
    assert not re.findall(r'<(?:script|link|img|form|iframe|source)[^>]*="(?:https?:)?//', text)
