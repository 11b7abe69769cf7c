"""Keys open what they are for, in every dialect, until they end."""

import random
from base64 import b64encode
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from partners.keys import actions, rules
from partners.keys.models import Key
from registry.access.actors import Scope
from registry.access.doors import Dialect
from registry.access.refusals import Invalid, NotAllowed, Refused
from registry.log.models import PendingChange
from tests.partners.conftest import DEMONSTRATION, Partner
from tests.partners.people import join

HERE = "192.0.2.7"


def headers(dialect: Dialect, name: str, secret: str) -> dict[str, str]:
    return {
        Dialect.NATIVE: {"Authorization": f"Bearer {secret}"},
        Dialect.NCMEC: {"Authorization": "Basic " + b64encode(f"{name}:{secret}".encode()).decode()},
        Dialect.STOPNCII: {"x-functions-key": secret, "Ocp-Apim-Subscription-Key": name},
    }[dialect]


@pytest.mark.parametrize("dialect", list(Dialect))
def test_one_key_opens_every_dialect(partner: Partner, dialect: Dialect) -> None:
    actor = actions.authenticate(dialect, headers(dialect, partner.key.name, partner.secret), HERE)
    assert actor == partner.actor


@pytest.mark.parametrize("dialect", [Dialect.NCMEC, Dialect.STOPNCII])
def test_a_key_under_another_name_opens_nothing(partner: Partner, dialect: Dialect) -> None:
    assert actions.authenticate(dialect, headers(dialect, "tid_other", partner.secret), HERE) is None


@pytest.mark.parametrize("dialect", list(Dialect))
def test_a_key_is_shown_only_in_its_dialects_way(partner: Partner, dialect: Dialect) -> None:
    for other in set(Dialect) - {dialect}:
        assert actions.authenticate(other, headers(dialect, partner.key.name, partner.secret), HERE) is None


@pytest.mark.parametrize("shown", ["", "Basic", "Basic %%%", "Basic " + b64encode(b"\xff\xfe").decode(), "Bearer "])
@pytest.mark.parametrize("dialect", list(Dialect))
def test_unreadable_headers_open_nothing(db: None, dialect: Dialect, shown: str) -> None:
    assert actions.authenticate(dialect, {"Authorization": shown}, HERE) is None


def test_a_revoked_key_opens_nothing_at_once(partner: Partner) -> None:
    actions.revoke_key(partner.key, actor=DEMONSTRATION)
    actions.revoke_key(partner.key, actor=DEMONSTRATION)
    assert actions.authenticate(Dialect.NATIVE, partner.bearer, HERE) is None
    assert PendingChange.objects.filter(record__event="key:revoke").count() == 1


def test_a_key_ends_after_ninety_days(partner: Partner) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=90)):
        assert actions.authenticate(Dialect.NATIVE, partner.bearer, HERE) is not None
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        assert actions.authenticate(Dialect.NATIVE, partner.bearer, HERE) is None


def test_the_key_itself_is_kept_nowhere(partner: Partner) -> None:
    stored = str(Key.objects.filter(pk=partner.key.pk).values().get()) + str(list(PendingChange.objects.values()))
    assert partner.secret not in stored
    assert partner.secret.removeprefix(rules.LIVE_PREFIX) not in stored


def test_use_is_noted_to_the_day_and_written_once_a_day(
    partner: Partner, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(3):
        actions.authenticate(Dialect.NATIVE, partner.bearer, HERE)
    with django_assert_num_queries(2):
        actions.authenticate(Dialect.NATIVE, partner.bearer, HERE)
    partner.key.refresh_from_db()
    assert partner.key.last_used_on == timezone.now().date()


def test_an_actor_carries_the_keys_scopes_alone(partner: Partner) -> None:
    _, secret = actions.issue_key(partner.organisation, [Scope.FEED_READ], actor=DEMONSTRATION)
    actor = actions.authenticate(Dialect.NATIVE, {"Authorization": f"Bearer {secret}"}, HERE)
    assert actor is not None
    assert actor.scopes == {Scope.FEED_READ}


def test_a_mistyped_key_never_reaches_the_database(
    partner: Partner, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """One wrong character anywhere: the checksum catches it, as it caught 200,000 of 200,000."""
    draw = random.Random(1)
    with django_assert_num_queries(0):
        for _ in range(5_000):
            place = draw.randrange(len(partner.secret))
            wrong = draw.choice([letter for letter in rules.ALPHABET if letter != partner.secret[place]])
            typed = partner.secret[:place] + wrong + partner.secret[place + 1 :]
            assert actions.authenticate(Dialect.NATIVE, {"Authorization": f"Bearer {typed}"}, HERE) is None


def test_a_key_opens_doors_only_from_its_networks(partner: Partner) -> None:
    networks = ["198.51.100.0/24", " 2001:db8::/32"]
    key, secret = actions.issue_key(partner.organisation, [Scope.FEED_READ], networks, actor=DEMONSTRATION)
    shown = {"Authorization": f"Bearer {secret}"}
    assert key.networks == ["198.51.100.0/24", "2001:db8::/32"]
    assert actions.authenticate(Dialect.NATIVE, shown, "198.51.100.9") is not None
    assert actions.authenticate(Dialect.NATIVE, shown, "2001:db8::1") is not None
    with pytest.raises(NotAllowed):
        actions.authenticate(Dialect.NATIVE, shown, HERE)


def test_issue_key_refuses_a_network_it_cannot_read(partner: Partner) -> None:
    with pytest.raises(Invalid, match="networks"):
        actions.issue_key(partner.organisation, [Scope.FEED_READ], ["192.0.2.1/24"], actor=DEMONSTRATION)


def test_issue_key_refuses_a_third_live_key(partner: Partner) -> None:
    second, _ = actions.issue_key(partner.organisation, [Scope.FEED_READ], actor=DEMONSTRATION)
    with pytest.raises(Refused, match="2 live keys"):
        actions.issue_key(partner.organisation, [Scope.FEED_READ], actor=DEMONSTRATION)
    actions.revoke_key(second, actor=DEMONSTRATION)
    actions.issue_key(partner.organisation, [Scope.FEED_READ], actor=DEMONSTRATION)


def test_rotate_key_lets_both_keys_open_doors_for_two_weeks(partner: Partner) -> None:
    successor, secret = actions.rotate_key(partner.key, actor=DEMONSTRATION)
    assert successor.scopes == partner.key.scopes
    new = {"Authorization": f"Bearer {secret}"}
    for days, old_opens in ((0, True), (14, True), (15, False)):
        with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
            assert (actions.authenticate(Dialect.NATIVE, partner.bearer, HERE) is not None) is old_opens
            assert actions.authenticate(Dialect.NATIVE, new, HERE) is not None


def test_rotate_key_refuses_a_revoked_key(partner: Partner) -> None:
    actions.revoke_key(partner.key, actor=DEMONSTRATION)
    with pytest.raises(Refused):
        actions.rotate_key(partner.key, actor=DEMONSTRATION)


def test_a_key_that_asks_too_often_is_told_when_to_come_back(partner: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "REQUESTS_A_MINUTE", 2)
    with time_machine.travel("2026-03-01T12:00:40Z", tick=False):
        Key.objects.filter(pk=partner.key.pk).update(expires_on="2026-04-01")
        answers = [Client(headers=partner.bearer).get("/api/v1/snapshots") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1]["Retry-After"] == "20"
    with time_machine.travel("2026-03-01T12:01:00Z", tick=False):
        assert Client(headers=partner.bearer).get("/api/v1/snapshots").status_code == 200


@pytest.mark.parametrize("table", ["keys_allowance", "matching_allowance"])
def test_a_request_is_counted_without_waiting_for_the_disk(db: None, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = %s", [table])
        assert cursor.fetchall() == [("u",)]


def test_people_are_told_of_their_test_keys_too(
    partner: Partner, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    owner = join(partner.organisation, "owner@platform.example", "owner")
    key, _ = actions.issue_key(partner.organisation.sandbox, Scope, actor=DEMONSTRATION)
    mailoutbox.clear()
    last_day = datetime.combine(key.expires_on, time(12), UTC)
    with time_machine.travel(last_day, tick=False), django_capture_on_commit_callbacks(execute=True):
        actions.warn_of_expiry(actor=DEMONSTRATION)
    assert {mail.to[0] for mail in mailoutbox} == {owner.email}
    assert key.name in " ".join(mail.subject for mail in mailoutbox)


def test_people_are_told_14_7_and_1_days_before_a_key_ends(
    partner: Partner, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    owner = join(partner.organisation, "owner@platform.example", "owner")
    join(partner.organisation, "viewer@platform.example", "viewer")
    mailoutbox.clear()
    told = []
    for left in range(20, -2, -1):
        day = datetime.combine(partner.key.expires_on - timedelta(days=left), time(12), UTC)
        with time_machine.travel(day, tick=False), django_capture_on_commit_callbacks(execute=True):
            if actions.warn_of_expiry(actor=DEMONSTRATION):
                told.append(left)
            actions.warn_of_expiry(actor=DEMONSTRATION)
    assert told == [14, 7, 1]
    assert [mail.to for mail in mailoutbox] == [[owner.email]] * 3
    assert partner.key.name in mailoutbox[0].subject
    assert partner.secret not in mailoutbox[0].body
