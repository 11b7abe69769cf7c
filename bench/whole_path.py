"""The whole path: from Send to a platform's program, and how long a start takes."""

import base64
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import requests
from altcha import v1

from portal.reports import rules
from portal.site.safety import LONGEST_WINDOW
from tests.registry.entries import samples
from tests.service import Service

HEADING = "The whole path"
REPORTS = 100
WITHDRAWN = 25
KEY = "A" * 27 + rules.check_character("A" * 27)


def measure() -> str:
    """Give the table: p50 and p95 from Send to visible, the second start, from Stop to the tombstone."""
    with tempfile.TemporaryDirectory() as folder:
        service = Service(Path(folder) / "data").start()
        try:
            waits = sorted(seconds_until_visible(service, number) for number in range(REPORTS))
            service.stop()
            started = time.monotonic()
            service.start()
            start = time.monotonic() - started
        finally:
            service.stop()
    gone = sorted(seconds_until_gone())
    rows = [
        ("from Send to visible in the NCMEC dialect, p50", f"{statistics.median(waits):.2f} s", ""),
        ("the same, p95", f"{waits[int(len(waits) * 0.95)]:.2f} s", ""),
        ("second start, until ready", f"{start:.1f} s", ""),
        (
            f"from Stop to the tombstone that platforms read, {WITHDRAWN} times, a window of {LONGEST_WINDOW} s",
            f"p50 {statistics.median(gone):.1f} s, longest {gone[-1]:.1f} s",
            "≤ 60 s",
        ),
    ]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    words = f"{REPORTS} reports one after another, the demonstration's window of 1 s; the unmodified client adds its own 5 s."
    return f"{words}\n\n| what | measured | bound |\n| --- | --- | --- |\n{table}"


def seconds_until_visible(service: Service, number: int) -> float:
    """Send one report as the page does; poll as a platform does until its digest is there."""
    begun = send(service, number)
    organisation = service.demo["organisations"][0]
    login = organisation["ncmec_username"], organisation["ncmec_password"]
    since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 20))
    while True:
        until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2))
        address = f"{service.base_url}/ncmec/v2/entries?to={until}&from={since}"
        if samples.pdq_digest(number) in requests.get(address, auth=login, timeout=30).text:
            return time.monotonic() - begun
        time.sleep(0.05)


def seconds_until_gone() -> Iterator[float]:
    """Send reports, then stop them at moments spread over the longest window there may be; read on as a platform does."""
    with tempfile.TemporaryDirectory() as folder:
        service = Service(Path(folder) / "data", LOG_WINDOW_SECONDS=str(LONGEST_WINDOW)).start()
        try:
            for number in range(WITHDRAWN):
                send(service, number)
            reader = Reader(service)
            while len(reader.names) < WITHDRAWN:
                reader.read()
            stopped: dict[str, float] = {}
            first = time.monotonic()
            while len(reader.gone) < WITHDRAWN:
                number = len(stopped)
                if number < WITHDRAWN and time.monotonic() >= first + number * LONGEST_WINDOW / WITHDRAWN:
                    stopped[reader.names[samples.pdq_digest(number)]] = stop(service, number)
                reader.read()
        finally:
            service.stop()
    yield from (moment - stopped[name] for name, moment in reader.gone.items())


class Reader:
    """A platform that reads on from its cursor and keeps what it reads."""

    def __init__(self, service: Service) -> None:
        self.address = f"{service.base_url}/api/v1/changes"
        self.headers = {"Authorization": f"Bearer {service.demo['organisations'][0]['key']}"}
        self.after = -1
        self.names: dict[str, str] = {}
        """By PDQ digest."""
        self.gone: dict[str, float] = {}

    def read(self) -> None:
        """Read what is new, a moment later."""
        time.sleep(0.1)
        answer = requests.get(self.address, {"after": self.after}, headers=self.headers, timeout=30)
        for line in map(json.loads, answer.text.splitlines() if answer.ok else ()):
            if "index" in line:
                self.after, record = line["index"], json.loads(line["record"])
                pdq = (each["digest"] for each in line.get("fingerprints", ()) if each["type"] == "pdq")
                self.names.update(dict.fromkeys(pdq, record["subject"]))
                if record["event"] == "withdraw":
                    self.gone[record["subject"]] = time.monotonic()


def send(service: Service, number: int) -> float:
    """Send one report as the page does; give when."""
    fingerprints = [
        {"type": "pdq", "digest": samples.pdq_digest(number), "quality": 100},
        {"type": "md5", "digest": samples.md5_digest(number)},
    ]
    sent = {
        "reference": reference_of(number),
        "key_hash": rules.key_hash(reference_of(number), KEY).hex(),
        "items": [{"kind": "image", "fingerprints": fingerprints}],
    }
    proof = solved(requests.get(f"{service.base_url}/start/challenge", timeout=30).json())
    begun = time.monotonic()
    answer = requests.post(f"{service.base_url}/start/send", json=sent, headers={"Proof-Of-Work": proof}, timeout=30)
    if answer.status_code != 201:
        raise RuntimeError(answer.text)
    return begun


def stop(service: Service, number: int) -> float:
    """Stop one report as the page does; give when."""
    codes = {"reference": reference_of(number), "key": KEY, "sure": "yes"}
    begun = time.monotonic()
    answer = requests.post(f"{service.base_url}/return/withdraw/", codes, timeout=30)
    if "You have stopped this report" not in answer.text:
        raise RuntimeError(f"the report was not stopped: {answer.status_code}")
    return begun


def reference_of(number: int) -> str:
    """Give a report's reference."""
    body = "".join(rules.ALPHABET[number // 32**place % 32] for place in range(11))
    return body + rules.check_character(body)


def solved(challenge: dict[str, str]) -> str:
    """Do the work a challenge asks for; give the header's text."""
    solution = v1.solve_challenge(challenge["challenge"], challenge["salt"], "SHA-256", int(challenge["maxnumber"]))
    if solution is None:
        raise RuntimeError("the challenge has no solution")
    kept = {name: challenge[name] for name in ("algorithm", "challenge", "salt", "signature")}
    return base64.b64encode(json.dumps(kept | {"number": solution.number}).encode()).decode()
