"""Messages arrive signed, once each, in time; nothing is lost while a platform's program is away."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from partners.keys.models import Key
from partners.webhooks import actions, rules
from partners.webhooks.models import Endpoint, Message
from partners.webhooks.states import EndpointState, MessageState, Topic
from registry.access.refusals import Invalid, Refused
from registry.log.models import PendingChange
from tests.partners.conftest import MakeListed, MakePartner, Partner, Sequence, balanced_digest, image, withdraw
from tests.partners.people import join
from tests.partners.webhooks.listener import Listener, listening


@pytest.fixture
def listener(settings: Any) -> Iterator[Listener]:
    settings.WEBHOOKS_STAY_LOCAL = True
    with listening() as opened:
        yield opened


@pytest.fixture
def endpoint(partner: Partner, listener: Listener) -> Endpoint:
    return add(partner, listener)[0]


def add(partner: Partner, listener: Listener, *topics: str) -> tuple[Endpoint, str]:
    chosen = topics or Topic.values
    return actions.add_endpoint(partner.organisation, f"{listener.url}/hook?a=1", chosen, actor=partner.actor)


def tell(endpoint: Endpoint) -> int:
    actions.queue_news()
    return actions.send_due(endpoint.name)


def test_new_leaves_and_tombstones_are_told_with_a_signature_and_without_a_fingerprint(
    partner: Partner, listener: Listener, make_listed: MakeListed, sequence: Sequence
) -> None:
    make_listed(image(9))
    endpoint, secret = add(partner, listener)
    gone, _ = make_listed(image(1), image(2))
    withdraw(gone)
    sequence()
    assert tell(endpoint) == 2
    grew, removed = listener.told(secret)
    assert (grew["type"], grew["data"]) == ("list.grew", {"after": 0, "size": 4})
    assert (removed["type"], removed["data"]) == ("entries.removed", {"entries": [gone.reference], "size": 4})
    assert balanced_digest(2).encode() not in b"".join(body for _, _, body in listener.came)
    assert {path for path, _, _ in listener.came} == {"/hook?a=1"}


def test_nothing_is_told_twice(endpoint: Endpoint, listener: Listener, make_listed: MakeListed) -> None:
    make_listed(image(1))
    assert (tell(endpoint), tell(endpoint), len(listener.came)) == (1, 0, 1)


def test_only_the_chosen_topics_are_told(
    partner: Partner, listener: Listener, make_listed: MakeListed, sequence: Sequence
) -> None:
    endpoint, secret = add(partner, listener, Topic.ENTRIES_REMOVED)
    [entry] = make_listed(image(1))
    assert tell(endpoint) == 0
    withdraw(entry)
    sequence()
    assert tell(endpoint) == 1
    assert listener.told(secret)[0]["type"] == "entries.removed"


def test_a_key_that_ends_soon_is_told_once_at_each_milestone(
    partner: Partner, endpoint: Endpoint, listener: Listener
) -> None:
    Key.objects.filter(pk=partner.key.pk).update(expires_on=timezone.now().date() + timedelta(days=10))
    assert (tell(endpoint), tell(endpoint)) == (1, 0)
    with time_machine.travel(timezone.now() + timedelta(days=4)):
        assert (tell(endpoint), tell(endpoint)) == (1, 0)
    assert partner.key.name.encode() in listener.came[0][2]
    assert partner.secret.encode() not in listener.came[0][2]


def test_what_fails_is_sent_again_later_under_the_same_name(
    endpoint: Endpoint, listener: Listener, make_listed: MakeListed
) -> None:
    listener.answers = [500, 302, 204]
    make_listed(image(1))
    assert (tell(endpoint), tell(endpoint)) == (1, 0)
    with time_machine.travel(timezone.now() + timedelta(seconds=7)):
        assert tell(endpoint) == 1
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        assert tell(endpoint) == 1
    assert len({headers["webhook-id"] for _, headers, _ in listener.came}) == 1
    assert [path for path, _, _ in listener.came] == ["/hook?a=1"] * 3
    message = Message.objects.get()
    assert (message.state, message.tries, message.answer) == (MessageState.DELIVERED, 3, 204)
    assert Endpoint.objects.get().failing_since is None


def test_a_message_is_given_up_after_the_last_try_and_can_be_replayed(
    partner: Partner, endpoint: Endpoint, listener: Listener, make_listed: MakeListed
) -> None:
    begun = timezone.now()
    make_listed(image(1))
    actions.queue_news()
    listener.answers = [503]
    Message.objects.update(tries=len(rules.WAITS))
    actions.send_due(endpoint.name)
    assert Message.objects.get().state == MessageState.GIVEN_UP
    assert tell(endpoint) == 0
    listener.answers = [204]
    assert actions.replay(endpoint, begun, actor=partner.actor) == 1
    assert tell(endpoint) == 1
    assert Message.objects.get().state == MessageState.DELIVERED
    names = [headers["webhook-id"] for _, headers, _ in listener.came]
    assert names[0] == names[1]


def test_who_sends_and_dies_leaves_the_message_to_the_next(
    endpoint: Endpoint, listener: Listener, make_listed: MakeListed, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_listed(image(1))
    actions.queue_news()
    with monkeypatch.context() as dying:
        dying.setattr(actions, "_send", lambda _: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            actions.send_due(endpoint.name)
    assert actions.send_due(endpoint.name) == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        assert actions.send_due(endpoint.name) == 1
    assert len(listener.came) == 1


def test_an_address_that_is_gone_is_switched_off_and_its_people_are_told(
    partner: Partner,
    endpoint: Endpoint,
    listener: Listener,
    make_listed: MakeListed,
    django_capture_on_commit_callbacks: Any,
) -> None:
    join(partner.organisation, "engineer@example.org", "engineer")
    mail.outbox.clear()
    listener.answers = [410]
    make_listed(image(1))
    with django_capture_on_commit_callbacks(execute=True):
        tell(endpoint)
    assert Endpoint.objects.get().state == EndpointState.OFF
    assert [message.to for message in mail.outbox] == [["engineer@example.org"]]
    make_listed(image(2))
    assert tell(endpoint) == 0
    listener.answers = [204]
    actions.switch_on(endpoint, actor=partner.actor)
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        assert tell(endpoint) == 2
    assert b'"size": 2' in listener.came[-1][2]


def test_an_address_that_fails_for_five_days_is_switched_off(
    endpoint: Endpoint, listener: Listener, make_listed: MakeListed
) -> None:
    listener.answers = [500]
    make_listed(image(1))
    tell(endpoint)
    with time_machine.travel(timezone.now() + timedelta(days=5, hours=1)):
        tell(endpoint)
    assert Endpoint.objects.get().state == EndpointState.OFF


def test_messages_are_forgotten_after_thirty_days(endpoint: Endpoint, make_listed: MakeListed) -> None:
    make_listed(image(1))
    actions.queue_news()
    assert actions.forget_old() == 0
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert actions.forget_old() == 1


def test_a_platform_has_five_addresses_at_most(partner: Partner, listener: Listener) -> None:
    for _ in range(5):
        add(partner, listener)
    with pytest.raises(Refused, match="5 are the most"):
        add(partner, listener)


def test_in_production_only_the_public_internet_is_written_to(
    partner: Partner, listener: Listener, settings: Any
) -> None:
    settings.WEBHOOKS_STAY_LOCAL = False
    with pytest.raises(Invalid):
        add(partner, listener)
    assert not Endpoint.objects.exists()


def test_an_unknown_topic_or_none_is_refused(partner: Partner, listener: Listener) -> None:
    with pytest.raises(Invalid, match="topics"):
        add(partner, listener, "everything")


def test_the_secret_is_kept_sealed_and_stands_in_no_log(partner: Partner, listener: Listener) -> None:
    endpoint, secret = add(partner, listener)
    assert secret.encode() not in bytes(Endpoint.objects.get().sealed_secret)
    assert not [
        row for row in PendingChange.objects.all() if secret in str(row.record) or listener.url in str(row.record)
    ]


def test_another_platforms_news_are_its_own(make_partner: MakePartner, endpoint: Endpoint, listener: Listener) -> None:
    other = make_partner("Platform B")
    Key.objects.filter(pk=other.key.pk).update(expires_on=timezone.now().date())
    assert tell(endpoint) == 0
