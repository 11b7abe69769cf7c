"""What looks like a copy in the wrong hands raises an alarm; what clients do every day raises none."""

from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone
from threatexchange.exchanges.impl.ncmec_api import NCMECSignalExchangeAPI

from partners.alarms import actions, rules
from partners.alarms.models import Alarm
from partners.alarms.states import AlarmKind
from partners.canaries import actions as canaries
from partners.canaries.models import Canary
from partners.keys import actions as keys
from partners.keys import rules as key_rules
from partners.organisations import queries as organisations
from partners.outcomes.models import Outcome
from partners.sandbox import actions as sandbox
from registry.access.actors import Role, Scope, system
from registry.entries.models import Fingerprint
from registry.log.models import PendingChange
from registry.screening import queries as screening
from tests.partners.conftest import MakeListed, MakePartner, Partner, Sequence, image
from tests.partners.people import join
from tests.portal.staff.people import make_person, post

WATCH = system("watch")


def read(partner: Partner, after: int, address: str = "192.0.2.7") -> None:
    client = Client(headers=partner.bearer, REMOTE_ADDR=address)
    answer = client.get(f"/api/v1/changes?after={after}")
    assert answer.status_code == 200
    b"".join(answer)


def raised() -> list[str]:
    actions.watch(actor=WATCH)
    return list(Alarm.objects.order_by("pk").values_list("kind", flat=True))


@pytest.fixture
def listed(make_listed: MakeListed) -> None:
    make_listed(*[image(seed) for seed in range(8)])


def test_one_program_that_polls_and_asks_again_after_lost_answers_is_calm(partner: Partner, listed: None) -> None:
    for after in (-1, 3, 3, 5, 5, 5, 6, 7, 7):
        read(partner, after)
    assert raised() == []


def test_two_programs_with_one_key_are_noticed(partner: Partner, listed: None) -> None:
    for after in (-1, 5, 0, 6, 1, 6, 2):
        read(partner, after)
    assert raised() == [AlarmKind.SECOND_POSITION]
    assert raised() == [AlarmKind.SECOND_POSITION]


def test_a_list_that_is_read_from_its_beginning_again_and_again_is_noticed(partner: Partner, listed: None) -> None:
    for days in range(3):
        assert raised() == []
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            read(partner, -1)
            read(partner, -1)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert raised() == [AlarmKind.READ_AGAIN]


def day(number: int) -> Any:
    """Be on a later day."""
    return time_machine.travel(timezone.now() + timedelta(days=number))


def test_whole_reads_pause_until_staff_have_looked_and_going_on_never_does(
    partner: Partner, listed: None, django_capture_on_commit_callbacks: Any
) -> None:
    owner = join(partner.organisation, "owner@platform.example", "owner")
    for number in range(3):
        with day(number):
            read(partner, -1)
    with day(2):
        with django_capture_on_commit_callbacks(execute=True):
            assert raised() == [AlarmKind.READ_AGAIN]
        assert [letter.to for letter in mail.outbox] == [[owner.email]]
        client = Client(headers=partner.bearer)
        refused = client.get("/api/v1/changes?after=-1")
        assert (refused.status_code, refused["Retry-After"]) == (429, "600")
        assert "last cursor" in refused.json()["detail"]
        ncmec = {"Authorization": "Basic " + b64encode(f"{partner.key.name}:{partner.secret}".encode()).decode()}
        for begin in ("1970", "1971"):
            window = f"/ncmec/v2/entries?from={begin}-01-01T00:00:00Z&to={timezone.now():%Y-%m-%dT%H:%M:%SZ}"
            assert Client(headers=ncmec).get(window).status_code == 429
        read(partner, 5)
        actions.close_alarm(Alarm.objects.get(), actor=WATCH)
        read(partner, -1)
        assert raised() == [AlarmKind.READ_AGAIN]
    events = [row.record["event"] for row in PendingChange.objects.filter(log="audit").order_by("pk")]
    assert events[-4:] == ["organisation:pause_reads", "alarm:raise", "organisation:resume_reads", "alarm:close"]
    with day(3):
        read(partner, -1)
        assert not Alarm.objects.filter(is_open=True).exists()


def test_whole_reads_stay_paused_while_an_alarm_about_another_key_is_open(partner: Partner, listed: None) -> None:
    organisation = partner.organisation
    other = Partner(organisation, *keys.issue_key(organisation, Scope, actor=WATCH))
    for number in range(3):
        with day(number):
            read(partner, -1)
            read(other, -1)
    with day(2):
        assert raised() == [AlarmKind.READ_AGAIN] * 2
        first, second = Alarm.objects.order_by("pk")
        actions.close_alarm(first, actor=WATCH)
        for each in (partner, other):
            assert Client(headers=each.bearer).get("/api/v1/changes?after=-1").status_code == 429
        actions.close_alarm(second, actor=WATCH)
        read(partner, -1)


def test_a_day_with_far_more_rows_than_others_is_noticed_and_a_busier_one_is_not(
    partner: Partner, listed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "VOLUME_LEAST", 8)
    for number in range(8):
        with day(number):
            read(partner, 5 - number % 2)
            assert raised() == []
    with day(8):
        for _ in range(2):
            read(partner, 3)
        assert raised() == []
        read(partner, 3)
        assert raised() == [AlarmKind.READ_MUCH]
        actions.close_alarm(Alarm.objects.get(), actor=WATCH)
        read(partner, 3)
        assert raised() == [AlarmKind.READ_MUCH]


def test_a_key_shown_after_its_end_is_noticed_and_again_when_it_comes_back(partner: Partner) -> None:
    keys.revoke_key(partner.key, actor=WATCH)
    client = Client(headers=partner.bearer)
    for _ in range(2):
        assert client.get("/api/v1/changes?after=-1").status_code == 401
        assert raised() == [AlarmKind.ENDED_KEY]
    actions.close_alarm(Alarm.objects.get(), actor=WATCH)
    assert raised() == [AlarmKind.ENDED_KEY]
    client.get("/api/v1/changes?after=-1")
    assert raised() == [AlarmKind.ENDED_KEY] * 2


def test_an_expired_key_is_noticed_and_one_that_nobody_ever_had_is_not(partner: Partner) -> None:
    stranger = {"Authorization": f"Bearer {key_rules.new_secret(is_test=False)}"}
    assert Client(headers=stranger).get("/api/v1/changes?after=-1").status_code == 401
    assert raised() == []
    with day(91):
        assert Client(headers=partner.bearer).get("/api/v1/changes?after=-1").status_code == 401
        assert raised() == [AlarmKind.ENDED_KEY]


def test_what_is_tried_in_a_sandbox_alarms_nobody(partner: Partner, sequence: Sequence) -> None:
    sandbox.fill(actor=WATCH)
    sequence()
    reader = organisations.sandbox_of(partner.organisation.pk)
    key, secret = keys.issue_key(reader, [Scope.FEED_READ], actor=WATCH)
    tester = Partner(reader, key, secret)
    for after in (-1, 5, 0, 6, 1, 6, 2):
        read(tester, after)
    raised()
    read(tester, 7, "2001:db8:1::1")
    assert raised() == []
    assert reader.downloads.count() == 8


def test_stopncii_clients_may_start_afresh_every_week(partner: Partner, listed: None) -> None:
    headers = {"x-functions-key": partner.secret, "Ocp-Apim-Subscription-Key": partner.key.name}
    for weeks in range(4):
        with time_machine.travel(timezone.now() + timedelta(weeks=weeks)):
            assert Client(headers=headers).get("/stopncii/v1/FetchHashes").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(weeks=3)):
        assert raised() == []


def test_a_new_network_is_noticed_and_the_first_is_not(partner: Partner, listed: None) -> None:
    read(partner, -1, "192.0.2.7")
    assert raised() == []
    read(partner, 7, "192.0.2.200")
    assert raised() == []
    read(partner, 7, "2001:db8:1::1")
    assert raised() == [AlarmKind.NEW_NETWORK]


def test_no_address_is_kept(partner: Partner, listed: None) -> None:
    read(partner, -1, "192.0.2.7")
    download = partner.organisation.downloads.get()
    assert len(download.network) == 16
    assert "192" not in download.network or "." not in download.network


@pytest.mark.django_db(transaction=True)
def test_the_unmodified_clients_first_sync_and_polls_are_calm(
    ncmec_exchange: NCMECSignalExchangeAPI, make_listed: MakeListed
) -> None:
    with time_machine.travel(timezone.now() - timedelta(days=30)):
        make_listed(*[image(seed) for seed in range(5)])
    checkpoint = None
    for _ in range(5):
        for delta in ncmec_exchange.fetch_iter([], checkpoint):
            checkpoint = delta.checkpoint
    assert raised() == []


@pytest.fixture
def canary(partner: Partner, sequence: Sequence) -> str:
    canaries.plant(partner.organisation, 1, is_new=False, actor=WATCH)
    sequence()
    return Canary.objects.get().entry_reference


def report(partner: Partner, reference: str) -> Any:
    body = {"entry": reference, "decision": "not_violating", "decided_at": "2026-01-02T03:04:05Z"}
    headers = partner.bearer | {"Idempotency-Key": f"k-{reference}"}
    return Client(headers=headers).post("/api/v1/outcomes", body, content_type="application/json")


def test_an_outcome_on_ones_own_canary_is_answered_like_any_other_and_raises_an_alarm(
    partner: Partner, canary: str, listed: None
) -> None:
    answer = report(partner, canary)
    assert answer.status_code == 201
    assert raised() == [AlarmKind.CANARY_MATCHED]
    assert Alarm.objects.get().entry_reference == canary
    assert Outcome.objects.get().has_review


def test_whoever_knows_anothers_canary_gives_themselves_away(
    partner: Partner, canary: str, make_partner: MakePartner
) -> None:
    other = make_partner("Platform B")
    assert report(other, canary).status_code == 201
    assert raised() == [AlarmKind.CANARY_LEAKED]
    assert Alarm.objects.get().organisation == other.organisation


def test_asking_for_anothers_canary_is_noticed_and_tells_nothing(
    partner: Partner, canary: str, make_partner: MakePartner
) -> None:
    screening.forget()
    digest = Canary.objects.get().entry_reference
    [pdq] = Fingerprint.objects.filter(entry__reference=digest, signal_type="pdq", form="original")
    other, body = make_partner("Platform B"), {"fingerprints": [{"type": "pdq", "digest": pdq.digest}]}

    def ask(asking: Partner) -> Any:
        answer = Client(headers=asking.bearer).post("/api/v1/match", body, content_type="application/json")
        return answer.json()["results"][0]["matches"]

    assert ask(other) == []
    assert raised() == [AlarmKind.CANARY_LEAKED]
    assert [match["entry"] for match in ask(partner)] == [canary]
    assert raised() == [AlarmKind.CANARY_LEAKED, AlarmKind.CANARY_MATCHED]
    screening.forget()


def test_a_vote_on_a_canary_raises_an_alarm(partner: Partner, canary: str) -> None:
    basic = "Basic " + b64encode(f"{partner.key.name}:{partner.secret}".encode()).decode()
    vote = "<feedbackSubmission><affirmative/></feedbackSubmission>"
    path = f"/ncmec/v2/entries/1/{canary}/PDQ/feedback"
    answer = Client(headers={"Authorization": basic}).put(path, vote, content_type="application/xml")
    assert answer.status_code == 200
    assert raised() == [AlarmKind.CANARY_MATCHED]


def test_an_alarm_reaches_staff_by_mail_and_on_their_page(
    partner: Partner, canary: str, django_capture_on_commit_callbacks: Any
) -> None:
    manager, reviewer = make_person("m@example.org", Role.PARTNER_MANAGER), make_person("r@example.org", Role.REVIEWER)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        report(partner, canary)
    assert [message.to for message in mail.outbox] == [["m@example.org"]]
    browser = manager.sign_in()
    page = browser.get("/staff/alarms/", headers={"Accept": "text/html"}).content.decode()
    assert "Platform A" in page
    assert canary in page
    alarm = Alarm.objects.get()
    assert post(reviewer.sign_in(), f"/staff/alarms/{alarm.reference}/close/").status_code == 403
    assert post(browser, f"/staff/alarms/{alarm.reference}/close/").status_code == 302
    alarm.refresh_from_db()
    assert (alarm.is_open, alarm.closed_by) == (False, str(manager.account.reference))
    assert "Platform A" not in browser.get("/staff/alarms/", headers={"Accept": "text/html"}).content.decode()
