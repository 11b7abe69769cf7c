"""What staff read of an entry."""

from collections.abc import Iterator

import pytest

from hashing.signal_types import SignalType
from portal.stories import queries
from registry.entries.rules import SubmittedFingerprint, SubmittedItem
from registry.screening import queries as screening
from tests.partners.conftest import MakeListed, balanced_digest, image, make_listed, sequence  # noqa: F401 - fixtures


@pytest.fixture(autouse=True)
def _fresh_index() -> Iterator[None]:
    screening.forget()
    yield
    screening.forget()


def test_history_of_names_what_looks_alike(make_listed: MakeListed) -> None:  # noqa: F811 - a fixture
    """Near ones alone, the nearest first; the entry itself and strangers never."""
    digests = [f"{int(balanced_digest(1), 16) ^ ((1 << bits) - 1):064x}" for bits in (12, 6)]
    near = [SubmittedItem("image", (SubmittedFingerprint(SignalType.PDQ, digest, quality=90),)) for digest in digests]
    entry, far, nearest, _ = make_listed(image(1), near[0], near[1], image(2))
    history = queries.history_of(entry.reference)
    assert history.related == []
    assert history.alike == [nearest, far]
