"""Where messages may go: never into a private network, however its name is written."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from partners.webhooks import rules
from registry.access.refusals import Invalid

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1",
    ],
)  # fmt: skip
def test_an_address_that_is_not_on_the_public_internet_is_refused(address: str) -> None:
    with pytest.raises(Invalid, match="private network"):
        rules.check_addresses([address])
    with pytest.raises(Invalid, match="private network"):
        rules.check_addresses(["93.184.215.14", address])


def test_the_first_public_address_is_the_one_to_connect_to() -> None:
    assert rules.check_addresses(["93.184.215.14", "2606:2800:21f:cb07::1"]) == "93.184.215.14"
    with pytest.raises(Invalid, match="leads nowhere"):
        rules.check_addresses([])


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://hooks.example.com/", "by https"),
        ("https://hooks.example.com:22/", "port 443 or 8443"),
        ("https://127.0.0.1/", "private network"),
        ("https://[::1]/", "private network"),
        ("https://[::ffff:169.254.169.254]/", "private network"),
        ("https://me:secret@hooks.example.com/", "names, passwords"),
        ("https://hooks.example.com/#x", "names, passwords"),
        ("ftp://hooks.example.com/", "by https"),
        ("file:///etc/passwd", "whole address"),
        ("https://hooks.example.com:99999/", "not an address"),
        ("https://[::1", "not an address"),
        ("https://hooks.example.com/a b", "whole address"),
        ("https://hooks.example.com/\r\nX: y", "whole address"),
        ("https://hoоks.example.com/", "whole address"),
        ("https://" + "a" * 300, "whole address"),
        ("hooks.example.com", "whole address"),
        ("", "whole address"),
    ],
)
def test_an_address_that_may_not_be_written_to_is_refused_with_why(url: str, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        rules.check_url(url, is_local_allowed=False)


def test_a_demonstration_may_write_to_its_own_machine() -> None:
    assert rules.check_url("http://127.0.0.1:9000/x", is_local_allowed=True) == "http://127.0.0.1:9000/x"
    with pytest.raises(Invalid):
        rules.check_url("gopher://127.0.0.1/", is_local_allowed=True)


def test_the_signature_is_the_one_standard_webhooks_verifies() -> None:
    secret = rules.new_secret()
    sent = rules.headers(secret, "msg_1", '{"a":1}', datetime.now(UTC))
    assert Webhook(secret).verify('{"a":1}', sent) == {"a": 1}
    with pytest.raises(Exception, match="signature"):
        Webhook(secret).verify('{"a":2}', sent)
    with pytest.raises(Exception, match="signature"):
        Webhook(rules.new_secret()).verify('{"a":1}', sent)


def test_tries_come_later_and_later_and_end_after_three_days(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random.SystemRandom, "uniform", lambda *_: 1.0)
    waits = [rules.next_try(tries, NOW) for tries in range(1, 10)]
    seconds = [(due - NOW).total_seconds() for due in waits if due]
    assert seconds == sorted(seconds)
    assert (seconds[0], len(seconds)) == (5, 9)
    assert sum(seconds) > timedelta(days=3).total_seconds()
    assert rules.next_try(10, NOW) is None


@pytest.mark.parametrize(
    ("status", "days", "ends"), [(410, 0, True), (500, 0, False), (None, 4.9, False), (None, 5.1, True)]
)
def test_an_address_is_given_up_when_it_is_gone_or_fails_for_days(status: int | None, days: float, ends: bool) -> None:
    assert rules.is_hopeless(status, NOW - timedelta(days=days), NOW) is ends


@pytest.mark.parametrize(("status", "arrived"), [(200, True), (204, True), (301, False), (404, False), (None, False)])
def test_only_a_success_is_an_arrival(status: int | None, arrived: bool) -> None:
    assert rules.is_delivered(status) is arrived
