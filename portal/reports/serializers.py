"""What a browser sends: read strictly, unknown fields refused."""

import binascii
from base64 import b64decode
from typing import Any

from rest_framework import serializers

from hashing.signal_types import SignalType
from portal.reports.rules import Told
from portal.reports.states import AgeBand, ImageOf, Situation
from registry.entries.rules import SubmittedFingerprint, SubmittedItem
from registry.entries.states import Kind


class StrictSerializer(serializers.Serializer[Any]):
    """A serializer that refuses what it does not know, so that nothing is sent here by mistake."""

    def to_internal_value(self, data: Any) -> Any:
        """Refuse unknown fields, then read as usual."""
        if isinstance(data, dict) and (unknown := sorted(set(data) - set(self.fields))):
            raise serializers.ValidationError({name: ["This field is not known here."] for name in unknown})
        return super().to_internal_value(data)


class Base64Field(serializers.CharField):
    """Bytes, written in base64."""

    def to_internal_value(self, data: Any) -> Any:
        """Give the bytes."""
        try:
            return b64decode(super().to_internal_value(data), validate=True)
        except (binascii.Error, ValueError):
            raise serializers.ValidationError("This is not base64.") from None


class FingerprintSerializer(StrictSerializer):
    """One fingerprint. `content`: TMK+PDQF's features; only an operator who wants them takes bodies that long."""

    type = serializers.ChoiceField(choices=[t.value for t in SignalType])
    digest = serializers.CharField(max_length=400_000, trim_whitespace=False)
    quality = serializers.IntegerField(min_value=0, max_value=100, required=False)
    form = serializers.RegexField(r"^[a-z0-9_]{1,24}$", default="original")
    content = Base64Field(required=False)

    def create_submitted(self, data: dict[str, Any]) -> SubmittedFingerprint:
        """Give the value the registry takes."""
        kind, digest, content = SignalType(data["type"]), data["digest"], data.get("content", b"")
        return SubmittedFingerprint(kind, digest, data.get("quality"), data["form"], content)


class ItemSerializer(StrictSerializer):
    """One photo or video."""

    kind = serializers.ChoiceField(choices=Kind.choices)
    fingerprints = FingerprintSerializer(many=True, allow_empty=False)


class AnswersSerializer(StrictSerializer):
    """What the person told us, in closed words; every one may be left out."""

    situation = serializers.ChoiceField(choices=Situation.choices, default="")
    image_of = serializers.ChoiceField(choices=ImageOf.choices, default="")
    age_band = serializers.ChoiceField(choices=AgeBand.choices, default="")
    platforms = serializers.ListField(child=serializers.SlugField(max_length=30), max_length=60, default=list)


class LinkSerializer(StrictSerializer):
    """One place it was seen, and whether we may pass it on."""

    address = serializers.CharField(max_length=500)
    may_share = serializers.BooleanField(default=False)


class ItemsSerializer(StrictSerializer):
    """Photos and videos."""

    items = ItemSerializer(many=True, allow_empty=True)

    def submitted_items(self) -> list[SubmittedItem]:
        """Give the items as the registry takes them."""
        read = FingerprintSerializer().create_submitted
        return [
            SubmittedItem(item["kind"], tuple(read(f) for f in item["fingerprints"]))
            for item in self.validated_data["items"]
        ]


class ReportSerializer(ItemsSerializer):
    """One report. The key itself never leaves the device: only the hash it will be checked against."""

    reference = serializers.CharField(max_length=20)
    key_hash = serializers.RegexField(r"^[0-9a-f]{64}$")
    answers = AnswersSerializer(default=dict)
    links = LinkSerializer(many=True, default=list)
    email = serializers.EmailField(default="")

    def told(self) -> Told:
        """Give what the person told us besides fingerprints."""
        answers = dict(self.validated_data["answers"])
        platforms = tuple(answers.pop("platforms", ()))
        links = tuple((link["address"], link["may_share"]) for link in self.validated_data["links"])
        return Told(**answers, platforms=platforms, links=links, email=self.validated_data["email"])


class MoreSerializer(ItemsSerializer):
    """More photos and videos for a report, by whoever holds its key."""

    reference = serializers.CharField(max_length=30)
    key = serializers.CharField(max_length=60)
