"""The lines of a bundle, and the JSON about it."""

import json
from collections.abc import Iterable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from rest_framework import serializers

from partners.bundles import rules
from partners.outcomes.serializers import Strict


class PeriodSerializer(Strict):
    """The days a bundle covers, both included."""

    since = serializers.DateField()
    until = serializers.DateField()


class BundleSerializer(serializers.Serializer[Any]):
    """A bundle. `digest` is the SHA-256 of its own lines, before those of the log that prove it."""

    reference = serializers.CharField()
    since = serializers.DateField()
    until = serializers.DateField()
    lines = serializers.IntegerField()
    digest = serializers.CharField()
    made_at = serializers.DateTimeField()


class BundlesSerializer(serializers.Serializer[Any]):
    """A platform's bundles, newest first."""

    bundles = BundleSerializer(many=True)


def head(organisation: str, since: Any, until: Any, made_at: Any) -> dict[str, Any]:
    """Give the first line: whose record this is."""
    return {
        "what": "bundle",
        "version": rules.VERSION,
        "organisation": organisation,
        "since": since,
        "until": until,
        "made_at": made_at,
        "clock": "server, UTC",
    }


def lines(rows: Iterable[dict[str, Any]]) -> list[str]:
    """Write rows as lines of JSON, names in order."""
    return [json.dumps(row, cls=DjangoJSONEncoder, sort_keys=True, separators=(",", ":")) + "\n" for row in rows]
