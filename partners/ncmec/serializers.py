"""Write this dialect's documents, byte for byte as its clients read them."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from xml.sax.saxutils import escape, quoteattr

from partners.feed.queries import Row
from partners.organisations.queries import REGISTRY_MEMBER_ID, REGISTRY_NAME
from partners.outcomes.states import Reason

NAMESPACE = "https://hashsharing.ncmec.org/hashsharing/v2"
EPOCH = date(1970, 1, 1)
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_REGISTRY = f'<member id="{REGISTRY_MEMBER_ID}">{REGISTRY_NAME}</member>'


def status_document(address: str, username: str, member_id: int, name: str) -> str:
    """Say who the caller is."""
    inner = f"<ipAddress>{escape(address)}</ipAddress><username>{escape(username)}</username>{_member(member_id, name)}"
    return _document("status", inner)


def members_document(members: Iterable[tuple[int, str]]) -> str:
    """List members as (id, name)."""
    return _document("members", "".join(_member(member_id, name) for member_id, name in members))


def reasons_document(reasons: Iterable[Reason], type_name: str) -> str:
    """List the reasons a vote against a fingerprint may give."""
    kind = quoteattr(type_name.capitalize())
    shown = "".join(
        f"<reason guid={quoteattr(reason.guid)} name={quoteattr(reason.name)} type={kind}/>" for reason in reasons
    )
    return _document("feedbackReasons", f"<availableFeedbackReasons>{shown}</availableFeedbackReasons>")


def submission_document() -> str:
    """Say that feedback was taken."""
    return _document("submissionResult", "")


def entries_document(rows: Sequence[Row], next_address: str = "") -> str:
    """Write a page of entries. The exact form matters: one stray element fails a client's whole fetch."""
    images = [row for row in rows if row.kind == "image"]
    videos = [row for row in rows if row.kind == "video"]
    paging = f"<paging><next>{escape(next_address)}</next></paging>" if next_address else ""
    return _document("queryResult", _entries("image", images) + _entries("video", videos) + paging)


def format_time(second: int) -> str:
    """Write a time as this dialect does, such as 2026-11-23T22:15:00Z."""
    day, rest = divmod(second, 86_400)
    minutes, seconds = divmod(rest, 60)
    return f"{_day(day)}T{minutes // 60:02}:{minutes % 60:02}:{seconds:02}Z"


@lru_cache(4096)
def _day(number: int) -> str:
    return (EPOCH + timedelta(days=number)).isoformat()


def _entries(kind: str, rows: Sequence[Row]) -> str:
    if not rows:
        return f'<{kind}s count="0"/>'
    entries = "".join([_entry(kind, row) for row in rows])
    return f'<{kind}s count="{len(rows)}" maxTimestamp="{format_time(rows[-1].published)}">{entries}</{kind}s>'


def _entry(kind: str, row: Row) -> str:
    time = format_time(row.published)
    if not row.is_live:
        tag = f"deleted{kind.capitalize()}"
        return f"<{tag}>{_REGISTRY}<id>{row.reference}</id><timestamp>{time}</timestamp></{tag}>"
    pdq = f"<pdq>{row.pdq}</pdq>" if row.pdq else ""
    md5 = f"<md5>{row.md5}</md5>" if row.md5 else ""
    features = (
        f'<tmk-pdqf rel="self" href="/v2/entries/{row.reference}/fingerprints/TMK_PDQF"/>' if row.has_features else ""
    )
    return (
        f"<{kind}>{_REGISTRY}<timestamp>{time}</timestamp><id>{row.reference}</id>"
        f"<fingerprints>{pdq}{md5}{features}</fingerprints></{kind}>"
    )


def _member(member_id: int, name: str) -> str:
    return f'<member id="{member_id}">{escape(name)}</member>'


def _document(root: str, inner: str) -> str:
    return f'{_DECLARATION}<{root} xmlns="{NAMESPACE}">{inner}</{root}>'
