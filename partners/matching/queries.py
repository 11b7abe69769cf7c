"""Look fingerprints up among live entries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import connection

from hashing.signal_types import SignalType
from partners.matching.rules import MOST_MATCHES, THRESHOLD, Asked, Found
from partners.matching.states import Likeness
from registry.screening import queries as screening

_SAME = """
SELECT fingerprint.signal_type, digest, entry.reference FROM entries_fingerprint AS fingerprint
JOIN entries_entry AS entry ON entry.id = entry_id JOIN log_live ON subject = entry.reference
WHERE digest = ANY(%s) AND fingerprint.signal_type = ANY(%s) AND state = 'listed'
ORDER BY leaf_index
"""
_KINDS = "SELECT reference, kind FROM entries_entry WHERE reference = ANY(%s) AND state = 'listed'"


def matches(asked: Sequence[Asked]) -> list[list[Found]]:
    """Give, for each fingerprint asked about, the published entries like it: the nearest first, ten at most."""
    same = _same([each for each in asked if each.signal_type is not SignalType.PDQ])
    likely = [_near(each.digest) if each.signal_type is SignalType.PDQ else same[each] for each in asked]
    kinds = _kinds({reference for found in likely for reference, _ in found})
    return [
        [Found(reference, kinds[reference], likeness) for reference, likeness in found if reference in kinds][
            :MOST_MATCHES
        ]
        for found in likely
    ]


def _near(digest: str) -> list[tuple[str, Likeness]]:
    return [
        (reference, Likeness.NEAR if bits else Likeness.SAME) for reference, bits in screening.near(digest, THRESHOLD)
    ]


def _same(asked: Sequence[Asked]) -> dict[Asked, list[tuple[str, Likeness]]]:
    found: dict[Asked, list[tuple[str, Likeness]]] = defaultdict(list)
    if asked:
        with connection.cursor() as cursor:
            cursor.execute(_SAME, [[each.digest for each in asked], sorted({each.signal_type for each in asked})])
            for signal_type, digest, reference in cursor.fetchall():
                found[Asked(SignalType(signal_type), digest)].append((reference, Likeness.SAME))
    return found


def _kinds(references: Iterable[str]) -> dict[str, str]:
    """Give the kinds of those entries that are on the list at this moment: the index may be a second behind."""
    with connection.cursor() as cursor:
        cursor.execute(_KINDS, [list(references)])
        return dict(cursor.fetchall())
