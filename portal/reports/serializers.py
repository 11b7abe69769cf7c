"""What a browser sends: read strictly, unknown fields refused."""

import binascii
import threading
from base64 import b64decode
from typing import Any

from rest_framework import serializers

from hashing.signal_types import SignalType
from portal.reports.rules import Told
from portal.reports.states import AgeBand, ImageOf, Situation
from registry.entries.rules import SubmittedFingerprint, SubmittedItem
from registry.entries.states import Kind


class _Made(threading.local):
    """The serializers a thread reads with: to make the fields of one takes four times as long as to read a report."""

    def __init__(self) -> None:
        self.by_class: dict[type[StrictSerializer], StrictSerializer] = {}


_MADE = _Made()


class StrictSerializer(serializers.Serializer[Any]):
    """A serializer that refuses what it does not know, so that nothing is sent here by mistake."""

    @classmethod
    def read(cls, data: Any) -> dict[str, Any]:
        """Give what was sent. Raises ValidationError.

        A field keeps some refusals in the language it first said them in, so what is refused is read again by new ones.
        """
        made = _MADE.by_class
        if cls not in made:
            made[cls] = cls()
        try:
            read: dict[str, Any] = made[cls].run_validation(data)
        except serializers.ValidationError:
            cls(data=data).is_valid(raise_exception=True)
            raise
        return read

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


class ReportSerializer(ItemsSerializer):
    """One report. The key itself never leaves the device: only the hash it will be checked against."""

    reference = serializers.CharField(max_length=20)
    key_hash = serializers.RegexField(r"^[0-9a-f]{64}$")
    answers = AnswersSerializer(default=dict)
    links = LinkSerializer(many=True, default=list)
    email = serializers.EmailField(default="")


class MoreSerializer(ItemsSerializer):
    """More photos and videos for a report, by whoever holds its key."""

    reference = serializers.CharField(max_length=30)
    key = serializers.CharField(max_length=60)


def submitted_items(sent: dict[str, Any]) -> list[SubmittedItem]:
    """Give the items of what was sent as the registry takes them."""
    return [SubmittedItem(item["kind"], tuple(map(_submitted, item["fingerprints"]))) for item in sent["items"]]


def told(sent: dict[str, Any]) -> Told:
    """Give what the person told us besides fingerprints."""
    answers = dict(sent["answers"])
    platforms = tuple(answers.pop("platforms", ()))
    links = tuple((link["address"], link["may_share"]) for link in sent["links"])
    return Told(**answers, platforms=platforms, links=links, email=sent["email"])


def _submitted(sent: dict[str, Any]) -> SubmittedFingerprint:
    kind, content = SignalType(sent["type"]), sent.get("content", b"")
    return SubmittedFingerprint(kind, sent["digest"], sent.get("quality"), sent["form"], content)
