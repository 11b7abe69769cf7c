"""Every public page and every step of a report: for everyone, on any screen, in either direction."""

import pytest

from tests.journeys import accessibility
from tests.journeys.people import Reporter, photo

pytestmark = pytest.mark.journey

PAGES = ["/", "/start/", "/practise/", "/return/", "/threatened/", "/leaving/", "/guides/", "/letter/", "/nowhere/"]
SCREENS = {
    "phone, light": {"viewport": {"width": 320, "height": 640}, "color_scheme": "light"},
    "desktop, dark, without motion": {
        "viewport": {"width": 1280, "height": 800},
        "color_scheme": "dark",
        "reduced_motion": "reduce",
    },
    "desktop at 200 %, high contrast": {
        "viewport": {"width": 640, "height": 400},
        "device_scale_factor": 2,
        "forced_colors": "active",
    },
}


@pytest.mark.parametrize("screen", SCREENS)
def test_every_page_is_accessible_and_fits(service, person, screen):
    """No fault by axe, nothing wider than the window, in both languages and both directions."""
    page = person(**SCREENS[screen]).new_page()
    for path in [*PAGES, "/es/", "/es/start/"]:
        page.goto(service.base_url + path)
        for direction in ("ltr", "rtl"):
            page.evaluate("direction => { document.documentElement.dir = direction }", direction)
            assert accessibility.faults(page) == [], f"{path} {direction}"
            assert accessibility.overflow(page) <= 0, f"{path} {direction}"
    page.goto(service.base_url)
    page.evaluate("() => document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert "Call 988" in page.locator("footer").inner_text(), "words and number stand apart"


@pytest.mark.parametrize("screen", SCREENS)
def test_every_step_of_a_report_is_accessible_and_fits(service, person, screen):
    """From the first question to a stopped report."""
    reporter = Reporter(person(**SCREENS[screen]), service.base_url)
    page = reporter.page

    def look(name):
        assert accessibility.faults(page) == [], name
        assert accessibility.overflow(page) <= 0, name

    page.goto(service.base_url + "/start/")
    for step, choice in [("leave", ""), ("situation", "threatened"), ("threat", ""), ("whose", "helping"), ("helping", ""),
                         ("age", "18"), ("adult", "back"), ("age", "16_17"), ("where", "reddit"), ("have", "no"),
                         ("links", ""), ("nothing", "again"), ("have", "yes")]:  # fmt: skip
        shown = page.locator("[data-step]:not([hidden])")
        assert shown.get_attribute("data-step") == step
        look(step)
        if choice == "back":
            shown.locator("[data-back]").click()
        elif choice == "again":
            page.locator("[data-part=again]").click()
        else:
            if choice:
                shown.locator(f"input[value='{choice}']").check()
            shown.locator("[type=submit]").click()
    files = [("a.jpg", "image/jpeg", photo(61)), ("b.txt", "text/plain", b"no picture")]
    page.get_by_label("Choose from this device").set_input_files(
        [dict(zip(("name", "mimeType", "buffer"), f, strict=True)) for f in files]
    )
    page.locator("[data-part=state]").nth(1).filter(has_text=".").wait_for()
    look("choose")
    reporter.go_on_with_files()
    look("check")
    reporter.send()
    look("receipt")
    reporter.press("Go to my page")
    look("status")
    page.get_by_label("Your message").fill("I want to die https://" + "x" * 90)
    page.get_by_role("button", name="Send the message").click()
    page.get_by_role("heading", name="You do not have to bear this alone").wait_for()
    look("message")
    page.get_by_text("Let someone you trust look too").click()
    reporter.press("Make a second key")
    page.locator("[data-copies=reader-key]").wait_for()
    look("second key")
    reporter.press("Pause this report")
    look("paused")
    reporter.press("Stop this report")
    look("stop?")
    assert "You have stopped this report" in reporter.press("Yes, stop it")
    look("stopped")


def test_a_report_can_be_made_with_the_keyboard_alone(service, person):
    """Tab, space, arrows and enter; the focus is where the next thing is."""
    page = person().new_page()
    page.goto(service.base_url + "/start/")
    assert page.evaluate("document.activeElement.tagName") == "H1"
    page.get_by_role("button", name="I see. Go on").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "LEGEND"
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    assert page.locator("[name=situation]:checked").get_attribute("value") == "threatened"
    page.keyboard.press("Enter")
    assert page.get_by_role("heading", name="That is a crime, and not your fault").is_visible()
    outline = page.get_by_role("button", name="Go on to the fingerprint").evaluate(
        "button => { button.focus(); return getComputedStyle(button).outlineStyle }"
    )
    assert outline != "none"


def test_the_first_questions_do_not_wait_for_what_comes_later_and_a_part_that_did_not_load_is_asked_for_again(
    service, person
):
    """On a slow line one begins at once; on a dying one the page says what is wrong, and goes on when it can."""
    context = person()
    context.route("**/reports/report.js", lambda route: route.abort())
    page = context.new_page()
    page.goto(service.base_url + "/start/")
    page.get_by_role("button", name="I see. Go on").click()
    step = page.locator("[data-step]:not([hidden])")
    while not page.locator("[data-step=have]").is_visible():
        step.get_by_role("button", name="Skip").click()
    step.get_by_role("button", name="Skip").click()
    page.get_by_text("Part of this page did not load.").wait_for()
    assert page.locator("[data-step=have]").is_visible()
    context.unroute("**/reports/report.js")
    step.get_by_role("button", name="Skip").click()
    page.get_by_label("Choose from this device").wait_for()
    assert not page.get_by_text("Part of this page did not load.").is_visible()


def test_practice_shows_everything_and_sends_nothing(service, person):
    """Not one request after the page is there, and no codes that work."""
    context = person()
    page = context.new_page()
    page.goto(service.base_url + "/practise/")
    page.wait_for_load_state("networkidle")
    asked = []
    context.on("request", lambda request: asked.append(request.url) if "/static/" not in request.url else None)
    page.get_by_role("button", name="I see. Go on").click()
    while not page.locator("[data-step=choose]").is_visible():
        page.locator("[data-step]:not([hidden])").get_by_role("button", name="Skip").click()
    page.get_by_label("Choose from this device").set_input_files(
        [{"name": "x.jpg", "mimeType": "image/jpeg", "buffer": photo(62)}]
    )
    page.locator("[data-step=choose]").get_by_role("button", name="Next").click(timeout=30_000)
    page.locator("[data-step=mail]").get_by_role("button", name="Skip").click()
    page.get_by_role("button", name="Practise sending").click()
    page.get_by_role("heading", name="That was practice. Nothing was sent.").wait_for()
    assert asked == []
