"""Photograph every public page and state: `make screens`, into the ignored folder `screens/`.

Phone and desktop, light and dark, left to right and right to left. Everything in the pictures is made up.
"""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests import browser
from tests.journeys.people import Reporter, photo
from tests.service import ROOT, Service

FOLDER = ROOT / "screens"
SIZES = {"phone": (390, 844), "narrow": (320, 568), "desktop": (1280, 800)}
LOOKS = [("phone", "light", "ltr"), ("phone", "dark", "rtl"), ("desktop", "light", "rtl"), ("desktop", "dark", "ltr"),
         ("narrow", "light", "ltr")]  # fmt: skip
PAGES = ["", "start", "practise", "return", "threatened", "leaving", "guides", "letter", "nowhere"]
STEPS = [("leave", ""), ("situation", "threatened"), ("threat", ""), ("whose", "helping"), ("helping", ""),
         ("age", "18"), ("adult", "back"), ("age", "16_17"), ("where", "reddit"), ("have", "no"), ("links", ""),
         ("nothing", "again"), ("have", "yes")]  # fmt: skip

Shoot = Callable[[str], None]


def main() -> None:
    """Start a service of its own, and photograph it in every look."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        service = Service(Path(folder) / "data").start()
        chromium = playwright.chromium.launch(executable_path=browser.executable(), args=browser.FLAGS)
        try:
            for number, (size, theme, direction) in enumerate(LOOKS):
                photograph(service, chromium, number, size, theme, direction)
        finally:
            chromium.close()
            service.stop()


def photograph(service: Service, chromium: Browser, number: int, size: str, theme: str, direction: str) -> None:
    """Walk through every page and state in one look."""
    width, height = SIZES[size]
    context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=theme)  # type: ignore[arg-type]
    reporter = Reporter(context, service.base_url)
    target = FOLDER / f"{size}-{theme}-{direction}"
    target.mkdir(parents=True, exist_ok=True)
    for place, name in enumerate(states(reporter, seed=300 + number)):
        reporter.page.wait_for_load_state()
        reporter.page.evaluate("direction => { document.documentElement.dir = direction }", direction)
        reporter.page.evaluate("scrollTo(0, 0)")  # or the sticky header stands in the middle of the picture
        reporter.page.screenshot(path=target / f"{place:02}-{name}.png", full_page=True, animations="disabled")
    context.close()


def states(reporter: Reporter, seed: int) -> Iterator[str]:
    """Bring the page into one state after another; give the name of each."""
    page = reporter.page
    for path in PAGES:
        page.goto(f"{reporter.base_url}/{path}{'/' if path else ''}")
        yield path or "landing"
    yield from steps(page, reporter.base_url)
    page.get_by_label("Choose from this device").set_input_files(
        [
            {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo(seed)},
            {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no picture"},
        ]
    )
    page.locator(".file-list > [data-state]").nth(1).wait_for()
    yield "choose"
    reporter.go_on_with_files()
    yield "check"
    reporter.send()
    yield "receipt"
    yield from returned(reporter)


def steps(page: Page, base_url: str) -> Iterator[str]:
    """Answer the questions."""
    page.goto(base_url + "/start/")
    for step, choice in STEPS:
        shown = page.locator("[data-step]:not([hidden])")
        if choice not in ("", "back", "again"):
            shown.locator(f"input[value='{choice}']").check()
        yield f"step-{step}"
        if choice == "back":
            shown.locator("[data-back]").click()
        elif choice == "again":
            page.locator("[data-part=again]").click()
        else:
            shown.locator("[type=submit]").click()


def returned(reporter: Reporter) -> Iterator[str]:
    """Look at the report afterwards and change it."""
    page = reporter.page
    reporter.press("Go to my page")
    yield "status"
    page.get_by_label("Your message").fill("I want to die")
    reporter.press("Send the message")
    yield "status-crisis"
    page.get_by_text("Let someone you trust look too").click()
    reporter.press("Make a second key")
    yield "status-second-key"
    reporter.press("Pause this report")
    yield "status-paused"
    reporter.press("Stop this report")
    yield "stop"
    reporter.press("Yes, stop it")
    yield "status-stopped"


if __name__ == "__main__":
    main()
