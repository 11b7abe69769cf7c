"""What a browser sends: read strictly, unknown fields refused."""

from typing import Any

from rest_framework import serializers

from hashing.signal_types import SignalType
from registry.entries.rules import SubmittedFingerprint, SubmittedItem
from registry.entries.states import Kind


class StrictSerializer(serializers.Serializer[Any]):
    """A serializer that refuses what it does not know, so that nothing is sent here by mistake."""

    def to_internal_value(self, data: Any) -> Any:
        """Refuse unknown fields, then read as usual."""
        if isinstance(data, dict) and (unknown := sorted(set(data) - set(self.fields))):
            raise serializers.ValidationError({name: ["This field is not known here."] for name in unknown})
        return super().to_internal_value(data)


class FingerprintSerializer(StrictSerializer):
    """One fingerprint."""

    type = serializers.ChoiceField(choices=[t.value for t in SignalType])
    digest = serializers.CharField(max_length=400_000, trim_whitespace=False)
    quality = serializers.IntegerField(min_value=0, max_value=100, required=False)
    form = serializers.RegexField(r"^[a-z0-9_]{1,24}$", default="original")

    def create_submitted(self, data: dict[str, Any]) -> SubmittedFingerprint:
        """Give the value the registry takes."""
        return SubmittedFingerprint(SignalType(data["type"]), data["digest"], data.get("quality"), data["form"])


class ItemSerializer(StrictSerializer):
    """One photo or video."""

    kind = serializers.ChoiceField(choices=Kind.choices)
    fingerprints = FingerprintSerializer(many=True, allow_empty=False)


class ReportSerializer(StrictSerializer):
    """One report. The key itself never leaves the device: only the hash it will be checked against."""

    reference = serializers.CharField(max_length=20)
    key_hash = serializers.RegexField(r"^[0-9a-f]{64}$")
    items = ItemSerializer(many=True, allow_empty=False)

    def submitted_items(self) -> list[SubmittedItem]:
        """Give the items as the registry takes them."""
        read = FingerprintSerializer().create_submitted
        return [
            SubmittedItem(item["kind"], tuple(read(f) for f in item["fingerprints"]))
            for item in self.validated_data["items"]
        ]
