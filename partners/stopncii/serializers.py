"""The JSON of this dialect."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from partners.feed.queries import Row
from partners.outcomes.serializers import OneOf, Strict
from partners.stopncii.rules import FEEDBACK_VALUES


class HashFeedbackSerializer(Strict):
    """One platform's word on one hash. Tags are taken and not kept: they are free text."""

    hashValue = serializers.RegexField(r"^[0-9A-Fa-f]{32,64}$", max_length=64)  # noqa: N815 - the dialect's name
    feedbackValue = OneOf(choices=FEEDBACK_VALUES)  # noqa: N815 - the dialect's name
    tags = serializers.ListField(child=serializers.CharField(max_length=100, allow_blank=True), required=False)


class FeedbackSerializer(Strict):
    """A batch of feedback. `count` must be the number of items."""

    count = serializers.IntegerField(min_value=0)
    hashFeedbacks = HashFeedbackSerializer(many=True)  # noqa: N815 - the dialect's name

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a batch that was cut on its way."""
        if attrs["count"] != len(attrs["hashFeedbacks"]):
            raise serializers.ValidationError({"count": ["This is not the number of items in hashFeedbacks."]})
        return attrs

    def votes(self) -> list[tuple[str, str]]:
        """Give (hash, feedback value) pairs, once what was sent is valid."""
        return [(item["hashValue"], item["feedbackValue"]) for item in self.validated_data["hashFeedbacks"]]


def hashes_document(rows: Sequence[Row], start: int, token: str) -> dict[str, Any]:
    """Write a page: one record a hash, with no case number, which would tell which hashes one person sent.

    A withdrawn entry has no hash any more and so no record. The next start is the second of the last row, which is
    then served again: a later row of that same second cannot be missed.
    """
    records = [record for row in rows if (record := _record(row))]
    return {
        "count": len(records),
        "nextPageToken": token,
        "nextSetTimestamp": max(start, rows[-1].published) if rows else start,
        "hasMoreRecords": bool(token),
        "hashRecords": records,
    }


def _record(row: Row) -> dict[str, Any] | None:
    signal_type, digest = ("ImagePDQ", row.pdq) if row.kind == "image" else ("VideoMD5", row.md5)
    if not row.is_live or digest is None:
        return None
    return {
        "lastModtimestamp": row.published,
        "signalType": signal_type,
        "hashValue": digest,
        "hashStatus": "Active",
        "caseNumbers": {},
        "CSPFeedbacks": [],
    }
