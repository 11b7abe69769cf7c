"""Firefox, driven by WebDriver BiDi: the engine Playwright cannot drive as Debian ships it. Only for measuring."""

import importlib
import importlib.util
import itertools
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hashing import headless

PREFERENCES = 'user_pref("dom.workers.modules.enabled", true);\n'


def missing() -> str | None:
    """Why Firefox cannot be driven here, or None if it can."""
    if not shutil.which("firefox-esr"):
        return "Firefox ESR is not installed"
    if importlib.util.find_spec("websocket") is None:
        return "the package websocket-client, to drive Firefox with, is not installed"
    return None


class FirefoxPage:
    """One page of Firefox with the hashing modules loaded."""

    def __init__(self, socket: Any, origin: str) -> None:
        self.socket = socket
        self.numbers = itertools.count(1)
        self.command("session.new", capabilities={})
        self.context = self.command("browsingContext.create", type="tab")["context"]
        self.command("browsingContext.navigate", context=self.context, url=f"{origin}/", wait="complete")
        self.call(headless.OPEN_HASHER, [1, False])

    def command(self, method: str, **parameters: Any) -> Any:
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while (answer := json.loads(self.socket.recv())).get("id") != number:
            continue
        if answer["type"] == "error":
            raise RuntimeError(f"{method}: {answer['message']}")
        return answer["result"]

    def call(self, function: str, argument: Any = None) -> Any:
        """What the page's function gives for one JSON value, awaited."""
        declared = f"async (given) => JSON.stringify(await ({function})(JSON.parse(given)) ?? null)"
        result = self.command(
            "script.callFunction",
            functionDeclaration=declared,
            awaitPromise=True,
            target={"context": self.context},
            arguments=[{"type": "string", "value": json.dumps(argument)}],
        )
        if result["type"] == "exception":
            raise RuntimeError(result["exceptionDetails"]["text"])
        return json.loads(result["result"]["value"])

    def hash_all(self, files: Sequence[Path]) -> list[dict[str, Any]]:
        found = self.command(
            "browsingContext.locateNodes", context=self.context, locator={"type": "css", "value": "input"}
        )
        element = {"sharedId": found["nodes"][0]["sharedId"]}
        self.command("input.setFiles", context=self.context, element=element, files=[str(file) for file in files])
        hashed: list[dict[str, Any]] = self.call(headless.HASH_CHOSEN, {})
        return hashed


@contextmanager
def hashing() -> Iterator[FirefoxPage]:
    """The hashing modules in a Firefox of its own, with nothing of the user's in it."""
    websocket = importlib.import_module("websocket")
    with headless.serving() as server, tempfile.TemporaryDirectory() as profile:
        (Path(profile) / "user.js").write_text(PREFERENCES)
        command = ["firefox-esr", "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as firefox:
            try:
                listening = next(line for line in firefox.stderr or () if "ws://" in line)
                address = listening[listening.index("ws://") :].strip()
                socket = websocket.create_connection(f"{address}/session", timeout=300, suppress_origin=True)
                yield FirefoxPage(socket, server.origin)
            finally:
                firefox.terminate()
