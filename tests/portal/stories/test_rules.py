"""What does not fit together."""

from typing import Any

import pytest

from portal.stories import rules


@pytest.mark.parametrize(
    ("answers", "votes", "is_corrected", "found"),
    [
        ([(1, "removed", "")], [], False, []),
        ([(1, "removed", ""), (2, "not_violating", "")], [], False, ["platforms_disagree"]),
        ([(1, "removed", ""), (1, "not_violating", "")], [], False, []),
        ([(1, "not_violating", "")], [(1, "affirm")], False, ["affirmed_and_cleared"]),
        ([(1, "not_violating", "")], [(2, "affirm")], False, []),
        ([(1, "blocked_at_upload", "")], [(1, "negative")], True, ["denied_and_removed", "changed_its_answer"]),
        ([(1, "not_found", ""), (2, "not_violating", "")], [], False, []),
        ([(1, "removed", "received")], [], False, ["appealed"]),
        ([(1, "restricted", "overturned")], [(2, "affirm")], False, ["appealed"]),
        ([(1, "removed", "upheld"), (2, "not_found", "received")], [(1, "affirm")], False, []),
    ],
)
def test_contradictions_point_out_what_does_not_fit(answers: Any, votes: Any, is_corrected: bool, found: Any) -> None:
    assert rules.contradictions(answers, votes, is_corrected) == found
