"""Keys open what they are for, in every dialect, until they end."""

import random
from base64 import b64encode
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from partners.keys import actions, rules
from partners.keys.models import Key
from registry.access.actors import Scope
from registry.access.doors import Dialect
from registry.log.models import PendingChange
from tests.partners.conftest import DEMONSTRATION, Partner


def headers(dialect: Dialect, name: str, secret: str) -> dict[str, str]:
    return {
        Dialect.NATIVE: {"Authorization": f"Bearer {secret}"},
        Dialect.NCMEC: {"Authorization": "Basic " + b64encode(f"{name}:{secret}".encode()).decode()},
        Dialect.STOPNCII: {"x-functions-key": secret, "Ocp-Apim-Subscription-Key": name},
    }[dialect]


@pytest.mark.parametrize("dialect", list(Dialect))
def test_one_key_opens_every_dialect(partner: Partner, dialect: Dialect) -> None:
    actor = actions.authenticate(dialect, headers(dialect, partner.key.name, partner.secret))
    assert actor == partner.actor


@pytest.mark.parametrize("dialect", [Dialect.NCMEC, Dialect.STOPNCII])
def test_a_key_under_another_name_opens_nothing(partner: Partner, dialect: Dialect) -> None:
    assert actions.authenticate(dialect, headers(dialect, "tid_other", partner.secret)) is None


@pytest.mark.parametrize("dialect", list(Dialect))
def test_a_key_is_shown_only_in_its_dialects_way(partner: Partner, dialect: Dialect) -> None:
    for other in set(Dialect) - {dialect}:
        assert actions.authenticate(other, headers(dialect, partner.key.name, partner.secret)) is None


@pytest.mark.parametrize("shown", ["", "Basic", "Basic %%%", "Basic " + b64encode(b"\xff\xfe").decode(), "Bearer "])
@pytest.mark.parametrize("dialect", list(Dialect))
def test_unreadable_headers_open_nothing(db: None, dialect: Dialect, shown: str) -> None:
    assert actions.authenticate(dialect, {"Authorization": shown}) is None


def test_a_revoked_key_opens_nothing_at_once(partner: Partner) -> None:
    actions.revoke_key(partner.key, actor=DEMONSTRATION)
    actions.revoke_key(partner.key, actor=DEMONSTRATION)
    assert actions.authenticate(Dialect.NATIVE, partner.bearer) is None
    assert PendingChange.objects.filter(record__event="key:revoke").count() == 1


def test_a_key_ends_after_ninety_days(partner: Partner) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=90)):
        assert actions.authenticate(Dialect.NATIVE, partner.bearer) is not None
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        assert actions.authenticate(Dialect.NATIVE, partner.bearer) is None


def test_the_key_itself_is_kept_nowhere(partner: Partner) -> None:
    stored = str(Key.objects.filter(pk=partner.key.pk).values().get()) + str(list(PendingChange.objects.values()))
    assert partner.secret not in stored
    assert partner.secret.removeprefix(rules.PREFIX) not in stored


def test_use_is_noted_to_the_day_and_written_once_a_day(
    partner: Partner, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        actions.authenticate(Dialect.NATIVE, partner.bearer)
    with django_assert_num_queries(1):
        actions.authenticate(Dialect.NATIVE, partner.bearer)
    partner.key.refresh_from_db()
    assert partner.key.last_used_on == timezone.now().date()


def test_an_actor_carries_the_keys_scopes_alone(partner: Partner) -> None:
    _, secret = actions.issue_key(partner.organisation, [Scope.FEED_READ], actor=DEMONSTRATION)
    actor = actions.authenticate(Dialect.NATIVE, {"Authorization": f"Bearer {secret}"})
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
            assert actions.authenticate(Dialect.NATIVE, {"Authorization": f"Bearer {typed}"}) is None
