"""The bytes of this dialect's documents."""

from partners.feed.queries import Row
from partners.ncmec import serializers

TIME = 1_790_000_000


def row(index: int, kind: str = "image", is_live: bool = True, pdq: str | None = "0f" * 32) -> Row:
    digests = (pdq, "ab" * 16) if is_live else (None, None)
    return Row(index, TIME + index, f"{index:030x}", kind, is_live, *digests)


def test_entries_are_written_exactly() -> None:
    document = serializers.entries_document([row(0), row(1, is_live=False)], "/v2/entries?cursor=a&b")
    assert document == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2">'
        '<images count="2" maxTimestamp="2026-09-21T14:13:21Z">'
        '<image><member id="1">Take It Down</member><timestamp>2026-09-21T14:13:20Z</timestamp>'
        f"<id>{'0' * 30}</id><fingerprints><pdq>{'0f' * 32}</pdq><md5>{'ab' * 16}</md5></fingerprints></image>"
        '<deletedImage><member id="1">Take It Down</member>'
        f"<id>{'0' * 29}1</id><timestamp>2026-09-21T14:13:21Z</timestamp></deletedImage>"
        '</images><videos count="0"/>'
        "<paging><next>/v2/entries?cursor=a&amp;b</next></paging></queryResult>"
    )


def test_videos_come_after_images_whatever_their_order() -> None:
    document = serializers.entries_document([row(0, "video", pdq=None), row(1)])
    assert document.index("<images") < document.index("<videos")
    assert "<video><" in document
    assert "<pdq></pdq>" not in document


def test_names_are_escaped() -> None:
    document = serializers.status_document("127.0.0.1", "tid_1", 11, "A & B <C>")
    assert '<member id="11">A &amp; B &lt;C&gt;</member>' in document
