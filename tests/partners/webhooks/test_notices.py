"""Writing to an address somebody else chose: one look-up, no redirect, no waiting, no private network."""

import socket
import time
from collections.abc import Callable, Iterator
from threading import Thread

import pytest

from partners.webhooks import notices
from tests.partners.webhooks.listener import listening

PUBLIC = "93.184.215.14"


def found(*addresses: str) -> list[tuple[object, ...]]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]


def test_a_name_that_leads_into_a_private_network_is_not_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found(PUBLIC, "10.0.0.8"))
    monkeypatch.setattr(socket, "create_connection", lambda *_: pytest.fail("connected"))
    assert notices.post("https://hooks.example.com/", "{}", {}, is_local_allowed=False) is None


def test_a_name_is_looked_up_once_and_what_was_checked_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, asked = [found(PUBLIC), found("127.0.0.1")], []

    def connect(address: tuple[str, int], _: float) -> socket.socket:
        asked.append(address)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers.pop(0))
    monkeypatch.setattr(socket, "create_connection", connect)
    assert notices.post("https://hooks.example.com:8443/", "{}", {}, is_local_allowed=False) is None
    assert asked == [(PUBLIC, 8443)]
    assert len(answers) == 1


def test_a_certificate_must_be_for_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening() as listener:
        port = int(listener.url.rpartition(":")[2])
        assert notices.post(f"https://127.0.0.1:{port}/", "{}", {}, is_local_allowed=True) is None
        assert not listener.came


def test_a_redirect_is_not_followed() -> None:
    with listening() as listener:
        listener.answers = [307]
        assert notices.post(f"{listener.url}/hook", "{}", {}, is_local_allowed=True) == 307
        assert [path for path, _, _ in listener.came] == ["/hook"]


@pytest.fixture
def raw() -> Iterator[Callable[[bytes, float], str]]:
    """Give the address of a listener that answers with these bytes, one at a time."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer(said: bytes, pause: float) -> str:
            def serve() -> None:
                connection, _ = server.accept()
                with connection:
                    heard = b""
                    while not heard.endswith(b"{}"):  # to close before all is heard resets the connection
                        heard += connection.recv(65_536)
                    try:
                        for byte in said:
                            connection.sendall(bytes([byte]))
                            time.sleep(pause)
                    except OSError:
                        pass

            Thread(target=serve, daemon=True).start()
            return f"http://127.0.0.1:{server.getsockname()[1]}/"

        yield answer


def test_a_listener_that_answers_drop_by_drop_holds_nobody_up(
    raw: Callable[[bytes, float], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "SECONDS", 0.4)
    begun = time.monotonic()
    assert notices.post(raw(b"HTTP/1.1 200 OK\r\n", 0.1), "{}", {}, is_local_allowed=True) is None
    assert time.monotonic() - begun < 1.5


@pytest.mark.parametrize("said", [b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 many\r\n", b"", b"x" * 5000])
def test_what_is_not_http_is_no_answer(raw: Callable[[bytes, float], str], said: bytes) -> None:
    assert notices.post(raw(said, 0), "{}", {}, is_local_allowed=True) is None


def test_of_an_answer_only_the_status_is_read(raw: Callable[[bytes, float], str]) -> None:
    assert notices.post(raw(b"HTTP/1.1 202 Accepted\r\n\r\n" + b"x" * 200, 0), "{}", {}, is_local_allowed=True) == 202
