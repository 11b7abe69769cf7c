"""The whole API against its own description, bounded; the benchmarks try more."""

from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from partners.feed import actions as feed
from partners.keys import rules
from registry.access.actors import system
from tests.partners.conftest import MakeListed, Partner, image, video
from tests.partners.reference.examination import examine

SAYING = "outcomes|matches|clock|receipts|erasures"


@pytest.mark.parametrize("paths", [SAYING, f"^(?!.*({SAYING}))"], ids=["what platforms say", "all else"])
@pytest.mark.django_db(transaction=True)
def test_what_the_description_allows_is_taken_and_what_it_forbids_is_refused(
    live_server: LiveServer,
    partner: Partner,
    make_listed: MakeListed,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    tmp_path: Path,
    paths: str,
) -> None:
    monkeypatch.setattr(rules, "REQUESTS_A_MINUTE", 10**9)  # the limit has a test of its own
    settings.SNAPSHOT_DIR = tmp_path / "snapshots"
    make_listed(image(1), video(2))
    feed.make_snapshots(actor=system("clock"))
    is_clean, said = examine(live_server.url, partner.secret, paths=paths, examples=5, folder=tmp_path)
    assert is_clean, said
