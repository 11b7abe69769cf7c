"""What the strict headers do in a real browser, and what a visit leaves behind."""

import pytest

from tests.journeys.people import Reporter, photo

pytestmark = pytest.mark.journey


def test_the_page_where_hashing_runs_is_isolated_and_refuses_markup_as_text(service, person):
    """crossOriginIsolated, Trusted Types."""
    page = person().new_page()
    page.goto(service.base_url + "/start/")
    assert page.evaluate("crossOriginIsolated") is True
    with pytest.raises(Exception, match="TrustedHTML"):
        page.evaluate("document.body.innerHTML = '<b>x</b>'")


def test_the_page_cannot_be_framed(service, person):
    """frame-ancestors 'none'."""
    page = person().new_page()
    refused = []
    page.on("console", lambda message: refused.append(message.text))
    page.route(
        "**/framing",
        lambda route: route.fulfill(body=f"<iframe src='{service.base_url}/'></iframe>", content_type="text/html"),
    )
    page.goto("http://127.0.0.1:1/framing")
    page.wait_for_timeout(500)
    assert any("frame-ancestors" in text or "X-Frame-Options" in text for text in refused) or page.frames[
        1
    ].url.startswith("chrome-error")


def test_a_whole_report_contacts_no_other_origin_and_sends_no_picture(service, person):
    """Every request of the visit, its origin and its body."""
    context = person()
    requests = []
    context.on("request", lambda request: requests.append(request))  # noqa: PLW0108 - Playwright marks what it calls
    reporter = Reporter(context, service.base_url)
    picture = photo(21)
    reporter.choose(picture)
    before = len(requests)
    reporter.send()
    reporter.come_back()
    assert {request.url.split("/")[2] for request in requests} == {service.base_url.removeprefix("http://")}
    sent = [request for request in requests if request.post_data_buffer]
    assert sent[0].post_data == reporter.shown
    assert len(sent[0].post_data_buffer) <= 1024
    assert all(
        picture[i : i + 16] not in request.post_data_buffer for request in sent for i in range(0, len(picture), 4096)
    )
    assert all(request.method == "GET" for request in requests[: before - 1])
    assert not any(
        reporter.reference.replace("-", "") in request.url or reporter.key in request.url for request in requests
    )


def test_a_visit_leaves_nothing_in_the_browser(service, person):
    """No cookie, no storage, no cache, no database, no service worker."""
    context = person()
    reporter = Reporter(context, service.base_url)
    reporter.choose(photo(22))
    reporter.send()
    reporter.come_back()
    assert context.cookies() == []
    left = reporter.page.evaluate("""async () => ({
      local: localStorage.length, session: sessionStorage.length, caches: (await caches.keys()).length,
      databases: (await indexedDB.databases()).length, workers: (await navigator.serviceWorker.getRegistrations()).length })""")
    assert set(left.values()) == {0}, left


def test_fingerprints_are_made_without_a_network(service, person):
    """Offline until Send; back online, it goes."""
    context = person()
    reporter = Reporter(context, service.base_url)
    reporter.answer()
    reporter.page.wait_for_load_state("networkidle")
    context.set_offline(True)
    reporter.page.get_by_label("Choose from this device").set_input_files(
        [{"name": "x.jpg", "mimeType": "image/jpeg", "buffer": photo(23)}]
    )
    reporter.go_on_with_files()
    reporter.page.get_by_role("button", name="Send", exact=True).click()
    reporter.page.wait_for_timeout(700)
    context.set_offline(False)
    reporter.page.get_by_role("heading", name="Done").wait_for(timeout=30_000)


def test_fingerprints_are_made_on_a_second_visit_too(service, person):
    """From files the browser kept, in a worker as sealed as the first time."""
    reporter = Reporter(person(), service.base_url)
    for seed in (24, 25):
        reporter.choose(photo(seed))
        assert '"pdq"' in reporter.shown


def test_without_script_the_page_says_why_it_needs_it_and_what_else_to_do(service, person):
    """A plain answer, and no dead end."""
    page = person(java_script_enabled=False).new_page()
    page.goto(service.base_url + "/start/")
    text = page.locator("main").inner_text()
    assert "This page needs JavaScript" in text
    assert "Your photo must not leave your device" in text
    assert "help lines" in text
    assert not page.locator("[data-step]").first.is_visible()
