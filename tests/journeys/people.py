"""The people of a journey: each does what a person or a platform's program would do, and nothing else."""

import io
import time
from base64 import b32decode
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import requests
from django_otp.oath import TOTP
from PIL import Image
from playwright.sync_api import BrowserContext, Page
from threatexchange.exchanges.clients.ncmec.hash_api import (
    FeedbackType,
    FingerprintType,
    NCMECEntryUpdate,
    NCMECHashAPI,
)
from threatexchange.exchanges.impl.ncmec_api import NCMECCollabConfig, NCMECSignalExchangeAPI
from threatexchange.signal_type.pdq.signal import PdqSignal


def photo(seed: int, size: tuple[int, int] = (640, 480)) -> bytes:
    """Make a harmless picture with enough in it to be told from others: soft coloured hills and some grain."""
    draw = np.random.default_rng(seed)
    waves = draw.uniform(0.5, 7, (12, 2))
    phases = draw.uniform(0, 6.28, 12)
    y, x = np.mgrid[0 : size[1], 0 : size[0]] / max(size)
    layers = [np.sin(6.28 * (a * x + b * y) + p) for (a, b), p in zip(waves, phases, strict=True)]
    planes = [sum(layers[i::3]) * 28 + 128 + draw.normal(0, 4, x.shape) for i in range(3)]
    picture = Image.fromarray(np.stack(planes, axis=-1).clip(0, 255).astype("uint8"))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=92)
    return file.getvalue()


def edited(jpeg: bytes) -> Image.Image:
    """Make what spreads: smaller, and saved again at low quality."""
    picture = Image.open(io.BytesIO(jpeg))
    file = io.BytesIO()
    picture.resize((picture.width // 2, picture.height // 2)).save(file, "JPEG", quality=55)
    return Image.open(file)


class Reporter:
    """A person with a browser and a photo; no account."""

    def __init__(self, context: BrowserContext, base_url: str) -> None:
        """Open a tab."""
        self.page: Page = context.new_page()
        self.base_url = base_url
        self.reference = self.key = self.shown = ""

    def answer(self, **answers: str) -> None:
        """Go through the questions up to the files; what is not answered is skipped."""
        self.page.goto(self.base_url + "/start/")
        self.page.get_by_role("button", name="I see. Go on").click()
        for name in ("situation", "image_of", "age_band", "platforms", "has_file"):
            step = self.page.locator("[data-step]:not([hidden])")
            if name in answers:
                step.locator(f"[name={name}][value='{answers[name]}']").check()
                step.get_by_role("button", name="Next").click()
            else:
                step.get_by_role("button", name="Skip").click()
            for button in self.page.locator(
                "[data-step=threat]:not([hidden]) [type=submit], [data-step=helping]:not([hidden]) [type=submit]"
            ).all():
                button.click()

    def choose(self, *photos: bytes, **answers: str) -> None:
        """Choose photos and wait for their fingerprints."""
        self.answer(**answers)
        files = [
            {"name": f"holiday {i}.jpg", "mimeType": "image/jpeg", "buffer": jpeg} for i, jpeg in enumerate(photos)
        ]
        self.page.get_by_label("Choose from this device").set_input_files(files)
        self.go_on_with_files()

    def go_on_with_files(self) -> None:
        """Wait for the fingerprints, want no mail, and look at what will be sent."""
        self.page.locator("[data-step=choose]").get_by_role("button", name="Next").click(timeout=30_000)
        while not (mail := self.page.locator("[data-step=mail]")).is_visible():
            self.page.locator("[data-step]:not([hidden])").get_by_role("button", name="Skip").click()
        mail.get_by_role("button", name="Skip").click()
        self.page.wait_for_function("document.querySelector('[data-part=payload]').textContent !== ''")
        self.shown = self.page.get_by_role("region", name="Everything that will be sent").inner_text()

    def send(self) -> None:
        """Send, and keep the codes."""
        self.page.get_by_role("button", name="Send", exact=True).click()
        self.page.get_by_role("heading", name="Done").wait_for(timeout=60_000)
        self.reference = self.page.locator("#reference").inner_text()
        self.key = self.page.locator("#key").inner_text()

    def come_back(self) -> str:
        """Read the report's page."""
        self.page.goto(self.base_url + "/return/")
        self.page.get_by_label("Your reference").fill(self.reference)
        self.page.get_by_label("Your key").fill(self.key)
        return self.press("Show my report")

    def press(self, name: str) -> str:
        """Press a button that asks the service, and read what it answers."""
        self.page.get_by_role("button", name=name).click()
        self.page.locator("html:not([data-busy])").wait_for(state="attached")
        return self.page.get_by_role("main").inner_text()

    def withdraw(self) -> str:
        """Stop the report: two taps."""
        self.press("Stop this report")
        return self.press("Yes, stop it")


class Platform:
    """A platform that runs the unmodified threatexchange client."""

    def __init__(self, organisation: dict[str, str], base_url: str) -> None:
        """Point the client at /ncmec with the platform's credentials."""
        self.name, self.base_url, self.secret = organisation["name"], base_url, organisation["key"]
        self.login = organisation["ncmec_username"], organisation["ncmec_password"]
        self.environment = SimpleNamespace(value=f"{base_url}/ncmec")
        self.api = NCMECHashAPI(*self.login, self.environment)
        collab = NCMECCollabConfig(environment=self.environment, name="Take It Down")
        self.exchange = NCMECSignalExchangeAPI(collab, *self.login)
        self.checkpoint = None
        self.state: dict[str, NCMECEntryUpdate] = {}

    def fetch(self) -> dict[str, NCMECEntryUpdate]:
        """Fetch what is new, as HMA does; give the list as the platform now holds it."""
        for delta in self.exchange.fetch_iter([PdqSignal], self.checkpoint):
            for name, update in delta.updates.items():
                kept = self.exchange.fetch_value_merge(self.state.get(name), update)
                self.state = {**self.state, name: kept} if kept else {n: e for n, e in self.state.items() if n != name}
            self.checkpoint = delta.checkpoint
        return self.state

    def fetch_until(self, holds: Callable[[], bool], seconds: float = 20.0) -> dict[str, NCMECEntryUpdate]:
        """Fetch until something holds; the client itself stays five seconds behind its clock."""
        deadline = time.monotonic() + seconds
        while self.fetch() is not None and not holds():
            assert time.monotonic() < deadline, "the client waited in vain"
            time.sleep(0.5)
        return self.state

    def entry_of(self, shown: str) -> NCMECEntryUpdate | None:
        """Give the entry whose PDQ digest stands in what a reporter's page showed."""
        return next((entry for entry in self.state.values() if entry.fingerprints.get("pdq", "-") in shown), None)

    def matches(self, picture: Image.Image) -> list[str]:
        """Give the ids of the entries that the client's own index finds for a picture."""
        signals = self.exchange.naive_convert_to_signal_type([PdqSignal], self.exchange.collab, self.state)[PdqSignal]
        by_digest = {
            entry.fingerprints["pdq"]: entry.id for entry in self.state.values() if "pdq" in entry.fingerprints
        }
        index = PdqSignal.get_index_cls().build([(digest, digest) for digest in signals])
        file = io.BytesIO()
        picture.save(file, "PNG")
        return [by_digest[found.metadata] for found in index.query(PdqSignal.hash_from_bytes(file.getvalue()))]

    def affirm(self, entry: NCMECEntryUpdate) -> None:
        """Say that it is what it says it is."""
        self.api.submit_feedback(entry.member_id, entry.id, FingerprintType.pdq, FeedbackType.upvote)

    def report_removed(self, entry_reference: str, key: str) -> requests.Response:
        """Say through the native API that the copy was removed."""
        body = {
            "entry": entry_reference,
            "decision": "removed",
            "decided_at": "2026-11-23T10:00:00Z",
            "removed_at": "2026-11-23T10:05:00Z",
        }
        headers = {"Authorization": f"Bearer {self.secret}", "Idempotency-Key": key}
        return requests.post(f"{self.base_url}/api/v1/outcomes", json=body, headers=headers, timeout=30)


class Reviewer:
    """A member of staff with a password and a code generator."""

    def __init__(self, context: BrowserContext, base_url: str, person: dict[str, str]) -> None:
        """Open a tab."""
        self.page: Page = context.new_page()
        self.base_url, self.person = base_url, person

    def sign_in(self) -> None:
        """Password, then a code."""
        self.page.goto(self.base_url + "/staff/reviews/")
        self.page.get_by_label("E-mail").fill(self.person["email"])
        self.page.get_by_label("Password", exact=True).fill(self.person["password"])
        self.page.get_by_role("button", name="Sign in").click()
        code = TOTP(b32decode(self.person["totp_secret"])).token()
        self.page.get_by_label("code").fill(f"{code:06d}")
        self.page.get_by_role("button", name="Sign in").click()
        self.page.get_by_role("heading", name="Reviews").wait_for()

    def confirm_first(self) -> None:
        """Take the first review of the queue and confirm its outcome."""
        self.page.goto(self.base_url + "/staff/reviews/")
        self.page.locator("main a.queue-item").first.click()
        self.page.get_by_role("button", name="Claim").click()
        self.page.get_by_role("button", name="Confirm").click()
