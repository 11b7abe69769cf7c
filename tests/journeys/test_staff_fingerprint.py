"""Staff look at what a reporter's browser makes of one file of theirs."""

import json
from hashlib import md5

import pytest

from tests.journeys.people import Reviewer, photo

pytestmark = pytest.mark.journey


def test_staff_see_a_files_fingerprint_on_a_page_that_can_send_nothing(service, person):
    """The page's own requests are refused; the file's fingerprints are shown as the command prints them."""
    # Not whom other journeys sign in as: a code opens once, and theirs may be of the same half minute.
    senior = next(each for each in service.demo["staff"] if each["email"].startswith("senior"))
    reviewer = Reviewer(person(), service.base_url, senior)
    reviewer.sign_in()
    page = reviewer.page
    page.goto(service.base_url + "/staff/you/")
    page.get_by_role("link", name="Make a file's fingerprint").click()
    jpeg = photo(41)
    page.get_by_label("Choose from this device").set_input_files(
        {"name": "case.jpg", "mimeType": "image/jpeg", "buffer": jpeg}
    )
    shown = page.get_by_role("region", name="Fingerprint")
    shown.wait_for()
    hashed = json.loads(shown.inner_text())
    assert list(hashed) == ["file", "kind", "md5", "pdq", "vpdq", "path", "ms", "refused"]
    assert (hashed["file"], hashed["md5"]) == ("case.jpg", md5(jpeg, usedforsecurity=False).hexdigest())
    assert "derived_mirrored" not in shown.inner_text()
    page.get_by_label("Edited copies too").check()
    page.get_by_text("derived_mirrored").wait_for()
    assert page.evaluate("fetch('/').then(() => 'sent', () => 'refused')") == "refused"
