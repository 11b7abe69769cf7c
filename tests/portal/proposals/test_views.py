"""The pages on which something that takes two people is proposed."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache

from partners.organisations import actions as organisations
from partners.outcomes.models import Outcome
from portal.proposals import actions as proposals
from portal.proposals import queries
from registry.access.actors import Role, system
from registry.entries.models import Fingerprint
from tests.portal.reviews.conftest import MakeOutcome
from tests.portal.staff.people import make_person, post

HERE = "/staff/proposals/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgotten_failures() -> None:
    cache.clear()


def test_a_suspension_is_proposed_on_its_page_and_seen_by_all_who_may() -> None:
    platform = organisations.add_organisation("Platform A", actor=system("test"))
    pia = make_person("pia@example.org", Role.PARTNER_MANAGER).sign_in()
    assert post(pia, f"{HERE}platform/", verb="suspend", organisation="0", ground="breach").status_code == 400
    answer = post(pia, f"{HERE}platform/", verb="suspend", organisation=str(platform.pk), ground="breach")
    assert answer["Location"] == HERE
    assert b"Nothing happens until a colleague agrees" in pia.get(HERE).content
    again = post(pia, f"{HERE}platform/", verb="suspend", organisation=str(platform.pk), ground="breach")
    assert again.status_code == 400
    assert b"proposed about this platform already" in again.content
    auditor = make_person("aud@example.org", Role.AUDITOR).sign_in()
    assert b"Suspend a platform: Platform A" in auditor.get(HERE).content
    assert b"platform/" not in auditor.get(HERE).content


def test_an_export_asks_for_a_code_and_holds_no_fingerprint(make_outcome: MakeOutcome) -> None:
    outcome = make_outcome()
    today = datetime.now(UTC).date().isoformat()
    pia = make_person("pia@example.org", Role.PARTNER_MANAGER)
    with time_machine.travel(datetime.now(UTC)) as clock:
        client = pia.sign_in()
        fields = {"records": "outcomes", "since": today, "until": today, "ground": "audit"}
        assert post(client, f"{HERE}export/", **fields).status_code == 302
        (proposal,) = queries.newest()
        pat = make_person("pat@example.org", Role.SENIOR_REVIEWER)
        proposals.agree_to_proposal(proposal, actor=pat.actor)
        taking = f"{HERE}{proposal.reference}/take/"
        assert b"with your name" in client.get(taking).content
        answer = post(client, taking)
        text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]  # a stream
        clock.shift(timedelta(minutes=6))
        for path in (f"{HERE}export/", taking):
            assert client.get(path)["Location"].startswith("/staff/code-again/")
            assert post(client, path).status_code == 403
    assert answer["Content-Disposition"].startswith("attachment")
    assert text.splitlines()[1].split(",")[:2] == [outcome.reference, "Platform A"]
    assert Outcome.objects.count() == len(text.splitlines()) - 1
    assert not [digest for digest in Fingerprint.objects.values_list("digest", flat=True) if digest in text]
