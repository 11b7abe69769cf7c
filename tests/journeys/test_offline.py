"""A person switches the internet off as the page says they can, and on again to send."""

import io
import json

import pillow_heif
import pytest
from PIL import Image

from tests.hashing import videos
from tests.journeys.people import Reporter, photo

pytestmark = pytest.mark.journey


def phone_files(folder):
    """What a phone holds: a photo as JPEG and as HEIC, and a film."""
    pillow_heif.register_heif_opener()
    (folder / "photo.jpg").write_bytes(photo(31))
    Image.open(io.BytesIO(photo(32))).save(folder / "photo.heic")
    videos.make(folder / "film.mp4", options="-c:v libx264 -preset ultrafast -pix_fmt yuv420p")
    return sorted(folder.iterdir())


def test_files_are_chosen_and_checked_offline_then_sent_online(service, person, tmp_path):
    """The page says so only once all is loaded; then a photo, a HEIC and a film need no network until Send."""
    tab = person()
    reporter = Reporter(tab, service.base_url)
    reporter.answer()
    reporter.page.get_by_text("You can switch your internet off until you send.").wait_for(timeout=60_000)
    tab.set_offline(offline=True)
    reporter.page.get_by_label("Choose from this device").set_input_files(phone_files(tmp_path))
    reporter.go_on_with_files()
    assert reporter.page.locator("[data-state=done]").count() == 3
    forms = [
        form["form"] for item in json.loads(reporter.shown)["items"] for form in item["fingerprints"] if "form" in form
    ]
    assert forms == ["original", "resized_512"] * 2
    assert [reporter.shown.count(f'"{kind}"') for kind in ("pdq", "md5", "vpdq")] == [4, 3, 1]
    tab.set_offline(offline=False)
    reporter.send()
    assert reporter.reference


def test_edited_copies_are_looked_for_only_if_the_person_asks(service, person):
    """The box is off; ticking it makes the derived fingerprints of photos chosen before, unticking it takes them back."""
    reporter = Reporter(person(), service.base_url)
    reporter.answer()
    page = reporter.page
    page.get_by_label("Choose from this device").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo(33)}
    )
    box = page.get_by_role("checkbox", name="Find edited copies too")
    assert not box.is_checked()
    counts = []
    for ticked in (False, True, False, True):
        box.set_checked(ticked)
        reporter.go_on_with_files()
        counts.append(reporter.shown.count('"derived_'))
        while not page.locator("[data-step=choose]").is_visible():
            page.locator("[data-step]:not([hidden])").get_by_role("button", name="Back").click()
    assert counts[0] == counts[2] == 0
    assert counts[1] == counts[3] >= 40
    reporter.go_on_with_files()
    reporter.send()
    with service.connect() as connection:
        stored = connection.execute(
            "SELECT count(*) FROM entries_fingerprint WHERE form LIKE 'derived%%' AND entry_id IN"
            " (SELECT entry_id FROM entries_fingerprint WHERE digest = %s)",
            (json.loads(reporter.shown)["items"][0]["fingerprints"][0]["digest"],),
        ).fetchone()
    assert stored == (counts[3],)
