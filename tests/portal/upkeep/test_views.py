"""The settings' pages: what is set takes effect, is recorded, and shows no fingerprint."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from partners.outcomes.states import REASONS
from portal.reviews import queries as reviews
from portal.reviews.states import ReviewKind
from portal.upkeep import queries
from registry.access.actors import Role
from registry.log.models import PendingChange
from registry.policy.states import ReasonList
from registry.screening.models import BenignPicture
from tests.partners.conftest import Partner, balanced_digest
from tests.portal.staff.people import make_person, post

SETTINGS, BENIGN = "/staff/settings/", "/staff/benign/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgotten_failures(db: None) -> None:
    cache.clear()


def acts() -> list[str]:
    rows = PendingChange.objects.filter(log="audit", record__actor__startswith="staff:").order_by("pk")
    return [row.record["event"] for row in rows if not row.record["event"].startswith("account:")]


def test_a_window_that_is_set_counts_for_the_next_review() -> None:
    ada = make_person("ada@example.org", Role.ADMINISTRATOR).sign_in()
    assert post(ada, f"{SETTINGS}window/", name="flag", hours="12")["Location"] == SETTINGS
    now = datetime.now(UTC)
    assert reviews.due_at(ReviewKind.FLAG, now) == now + timedelta(hours=12)
    assert b'value="12"' in ada.get(SETTINGS).content
    for hours in ("0", "many", "500"):
        assert post(ada, f"{SETTINGS}window/", name="flag", hours=hours).status_code == 400
    assert post(ada, f"{SETTINGS}window/", name="lunch", hours="1").status_code == 400
    assert acts() == ["policy:set_window"]


def test_a_retired_reason_leaves_the_form_it_was_offered_in() -> None:
    ada = make_person("ada@example.org", Role.ADMINISTRATOR).sign_in()
    sue = make_person("sue@example.org", Role.SENIOR_REVIEWER).sign_in()
    assert b"A logo or emblem" in sue.get(BENIGN).content
    assert post(ada, f"{SETTINGS}reasons/retire/", reasons="benign", word="logo").status_code == 302
    assert b"A logo or emblem" not in sue.get(BENIGN).content
    assert post(sue, f"{BENIGN}add/", digest=balanced_digest(1), reason="logo", note="x").status_code == 400
    assert post(ada, f"{SETTINGS}reasons/offer/", reasons="benign", word="logo").status_code == 302
    assert b"A logo or emblem" in sue.get(BENIGN).content
    assert post(ada, f"{SETTINGS}reasons/retire/", reasons="benign", word="none such").status_code == 400


def test_a_retired_feedback_reason_is_not_offered_to_platforms(partner: Partner) -> None:
    ada = make_person("ada@example.org", Role.ADMINISTRATOR).sign_in()
    reason = next(iter(REASONS.values()))
    post(ada, f"{SETTINGS}reasons/retire/", reasons="feedback", word=reason.guid)
    basic = b64encode(f"{partner.key.name}:{partner.secret}".encode()).decode()
    shown = Client().get("/ncmec/v2/feedback/PDQ/reasons", headers={"Authorization": f"Basic {basic}"}).content.decode()
    assert reason.guid not in shown
    assert "guid" in shown


def test_every_closed_list_is_there() -> None:
    assert {reasons for reasons, _ in queries.lists()} == set(ReasonList)
    assert all(len(words) > 1 for _, words in queries.lists())


def test_a_senior_reviewer_keeps_the_benign_list_and_its_digits_are_never_shown() -> None:
    sue = make_person("sue@example.org", Role.SENIOR_REVIEWER).sign_in()
    digest = balanced_digest(7)
    assert post(sue, f"{BENIGN}add/", digest="zz", reason="meme", note="A cat").status_code == 400
    assert post(sue, f"{BENIGN}add/", digest=digest.upper(), reason="meme", note="A cat")["Location"] == BENIGN
    page = sue.get(BENIGN).content.decode()
    assert "A cat" in page
    assert "sue@example.org" in page
    assert digest not in page.lower()
    picture = BenignPicture.objects.get()
    auditor = make_person("aud@example.org", Role.AUDITOR).sign_in()
    assert b"remove" not in auditor.get(BENIGN).content
    assert post(sue, f"{BENIGN}{picture.pk}/remove/").status_code == 302
    assert post(sue, f"{BENIGN}{picture.pk}/remove/").status_code == 404
    assert acts() == ["benign:add", "benign:remove"]
