"""A person switches the internet off as the page says they can, and on again to send."""

import io

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
    assert [reporter.shown.count(f'"{kind}"') for kind in ("pdq", "md5", "vpdq")] == [2, 3, 1]
    tab.set_offline(offline=False)
    reporter.send()
    assert reporter.reference
