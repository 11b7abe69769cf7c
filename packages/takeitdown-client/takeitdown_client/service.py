"""Speaks to the service: reads the list, reports outcomes. Every retry is safe."""

import gzip
import json
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from takeitdown_client import VERSION
from takeitdown_client.store import Store
from takeitdown_client.tree import NotHeld

KEPT_AT_ONCE = 5000
TRIES = 4
SECONDS = 60


class Refused(Exception):
    """The service refused, in its own words."""


class Unreachable(Exception):
    """The service could not be reached, or broke off."""


class Service:
    """The service at an address, asked with a key."""

    def __init__(self, url: str, key: str) -> None:
        """Nothing is asked yet."""
        if not url.startswith(("https://", "http://")):
            raise Refused("Give the address with https:// in front.")
        self.url = url.rstrip("/")
        self.key = key
        self.list_name = "sandbox" if key.startswith("tid_test_") else "list"

    def sync(self, store: Store, told: Callable[[int, int], None], trusted_key: str = "") -> int:
        """Bring the copy up to date and verify it. Gives the list's size. `told` hears how many leaves are in, of how many."""
        if trusted_key or not store.get("key"):
            store.put("key", trusted_key or self._text(f"/log/{self.list_name}/key"))
        tree, expected = store.tree(), int(self._text(f"/log/{self.list_name}/checkpoint").split("\n")[1])
        lines: list[dict[str, Any]] = []
        for line in self._lines(f"/api/v1/changes?after={tree.size - 1}"):
            if "checkpoint" in line:
                store.keep(lines, tree)
                told(tree.size, max(expected, tree.size))
                return store.seal(line["checkpoint"])
            if line["index"] != tree.size:
                raise NotHeld(f"Leaf {tree.size} is missing; the service sent {line['index']}.")
            tree.add(line["record"].encode())
            lines.append(line)
            if len(lines) == KEPT_AT_ONCE:
                store.keep(lines, tree)
                told(tree.size, max(expected, tree.size))
                lines = []
        raise Unreachable("The list broke off. What came is kept; run sync again to go on.")

    def key_of(self, log: str) -> str:
        """Give a log's verifier key, as the service says it."""
        return self._text(f"/log/{log}/key")

    def ask(self, fingerprints: list[dict[str, str]]) -> list[list[dict[str, str]]]:
        """Let the service look fingerprints up. Gives, for each, the entries like it."""
        body = json.dumps({"fingerprints": fingerprints}).encode()
        with self._open("/api/v1/match", {"Content-Type": "application/json"}, body) as answer:
            return [list(result["matches"]) for result in json.load(answer)["results"]]

    def report(self, outcome: dict[str, Any]) -> dict[str, Any]:
        """Report an outcome; a lost answer is asked for again under the same Idempotency-Key."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
        with self._open("/api/v1/outcomes", headers, json.dumps(outcome).encode()) as answer:
            recorded: dict[str, Any] = json.load(answer)
        return recorded

    def _text(self, path: str) -> str:
        with self._open(path, {}) as answer:
            return str(answer.read().decode())

    def _lines(self, path: str) -> Iterator[dict[str, Any]]:
        with self._open(path, {"Accept-Encoding": "gzip"}) as answer:
            packed = answer.headers.get("Content-Encoding") == "gzip"
            try:
                for line in gzip.GzipFile(fileobj=answer) if packed else answer:
                    yield json.loads(line)
            except (OSError, EOFError, ValueError) as error:
                raise Unreachable("The list broke off. What came is kept; run sync again to go on.") from error

    def _open(self, path: str, headers: dict[str, str], body: bytes | None = None) -> Any:
        sent = {"Authorization": f"Bearer {self.key}", "User-Agent": f"takeitdown-client/{VERSION}"} | headers
        request = Request(self.url + path, body, sent)  # noqa: S310 - the scheme was checked
        for left in range(TRIES - 1, -1, -1):
            try:
                return urlopen(request, timeout=SECONDS)  # noqa: S310 - the scheme was checked
            except HTTPError as error:
                with error:
                    said = error.read()
                if error.code not in {409, 429, 500, 502, 503, 504} or not left:
                    raise Refused(_detail(said, error.code)) from error
                time.sleep(_pause(error.headers.get("Retry-After") or ""))
            except (URLError, TimeoutError, ConnectionError) as error:
                if not left:
                    raise Unreachable(f"{self.url} could not be reached: {error}") from error
                time.sleep(1)
        raise Unreachable(self.url)


def _pause(said: str) -> int:
    """Give the seconds to wait; a proxy between may have said a date, for which a second must do."""
    return min(int(said), SECONDS) if said.isascii() and said.isdigit() else 1


def _detail(said: bytes, status: int) -> str:
    try:
        return str(json.loads(said)["detail"])
    except (ValueError, KeyError, TypeError):
        return f"The service answered {status}."
