"""The JSON that platforms send and are answered with."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Never

from rest_framework import serializers

from partners.outcomes.models import Outcome
from partners.outcomes.queries import Running
from partners.outcomes.rules import ReportedOutcome
from partners.outcomes.states import (
    REASONS,
    Appeal,
    Basis,
    CountBand,
    Decider,
    Decision,
    ErasureState,
    Method,
    Surface,
)

LARGEST_BATCH = 1000
A_REFERENCE, NO_REFERENCE = r"^[0-9A-Za-z-]{1,30}$", r"^[0-9A-Za-z-]{0,30}$"


class Strict(serializers.Serializer[Any]):
    """A serializer that refuses fields it does not know: a misspelt one would be silence."""

    def to_internal_value(self, data: Any) -> Any:
        """Look for unknown fields first."""
        if isinstance(data, dict) and (unknown := set(data) - set(self.fields)):
            raise serializers.ValidationError({name[:64]: ["There is no such field."] for name in sorted(unknown)})
        return super().to_internal_value(data)


class OneOf(serializers.ChoiceField):
    """One of a few closed words. A refusal names them all: whoever reads it need not look them up."""

    def fail(self, key: str, **found: Any) -> Never:
        """Say which words there are."""
        if key != "invalid_choice":
            super().fail(key, **found)
        raise serializers.ValidationError(f"Send one of: {', '.join(map(str, self.choices))}.", key)


class DetailsSerializer(Strict):
    """What shows a regulator that duties were met. Say what you keep; all of it may be left out."""

    method = OneOf(choices=Method.choices, required=False)
    distance = serializers.IntegerField(
        min_value=0, max_value=256, required=False, help_text="In bits, of a PDQ match."
    )
    surface = OneOf(choices=Surface.choices, required=False, help_text="Where the copy was.")
    basis = OneOf(choices=Basis.choices, required=False)
    decided_by = OneOf(choices=Decider.choices, required=False)
    reason = OneOf(
        choices=[(guid, reason.name) for guid, reason in REASONS.items()],
        required=False,
        help_text="Why it is not violating: a guid of the feedback reasons.",
    )
    copies_removed = OneOf(choices=CountBand.choices, required=False)
    reuploads_blocked = OneOf(choices=CountBand.choices, required=False)
    hotline_told = serializers.BooleanField(required=False, help_text="A report was filed with NCMEC or a hotline.")
    is_preserved = serializers.BooleanField(required=False, help_text="Evidence is preserved as the law asks.")
    uploader_told = serializers.BooleanField(required=False)
    appeal = OneOf(choices=Appeal.choices, required=False)
    reinstated_at = serializers.DateTimeField(required=False)


def details_in_words(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Give what a platform said besides its decision, to be read: (what, in words) each."""
    said: list[tuple[str, str]] = []
    for name, field in DetailsSerializer().fields.items():
        if (value := details.get(name)) is not None:
            words = ("No", "Yes")[value] if isinstance(value, bool) else getattr(field, "choices", {}).get(value, value)
            said.append((str(field.label), str(words)))
    return said


class OutcomeSerializer(Strict):
    """What a platform reports about a match. Times in UTC, such as 2026-11-23T22:15:00Z."""

    entry = serializers.RegexField(A_REFERENCE, help_text="The entry's id in the list.")
    decision = OneOf(choices=Decision.choices)
    decided_at = serializers.DateTimeField()
    removed_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    count_band = OneOf(
        choices=CountBand.choices, required=False, default="", allow_blank=True, help_text="How many copies, in bands."
    )
    matched_at = serializers.DateTimeField(
        required=False, allow_null=True, default=None, help_text="The first match: the 48 hours begin here."
    )
    details = DetailsSerializer(required=False)
    corrects = serializers.RegexField(
        NO_REFERENCE, required=False, default="", allow_blank=True, help_text="The outcome this one replaces."
    )

    def reported(self) -> ReportedOutcome:
        """Give what was sent, once it is valid."""
        return reported_from(self.validated_data)


class BatchSerializer(Strict):
    """Many outcomes, recorded all or none."""

    outcomes = serializers.ListField(child=OutcomeSerializer(), min_length=1, max_length=LARGEST_BATCH)

    def reported(self) -> list[ReportedOutcome]:
        """Give what was sent, once it is valid."""
        return [reported_from(sent) for sent in self.validated_data["outcomes"]]


class ShownOutcomeSerializer(serializers.Serializer[Any]):
    """An outcome as its platform sees it."""

    reference = serializers.CharField()
    entry = serializers.CharField()
    decision = OneOf(choices=Decision.choices)
    decided_at = serializers.DateTimeField()
    removed_at = serializers.DateTimeField(allow_null=True)
    count_band = OneOf(choices=CountBand.choices, allow_blank=True)
    matched_at = serializers.DateTimeField(allow_null=True)
    details = DetailsSerializer()
    corrects = serializers.CharField(allow_blank=True)
    recorded_on = serializers.DateField()
    confirmed_on = serializers.DateField(allow_null=True, help_text="When our staff confirmed it to the reporter.")


class ShownPageSerializer(serializers.Serializer[Any]):
    """A page of a platform's own outcomes."""

    outcomes = ShownOutcomeSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class ShownBatchSerializer(serializers.Serializer[Any]):
    """What a batch became: a reference for each outcome, in the order sent."""

    count = serializers.IntegerField()
    references = serializers.ListField(child=serializers.CharField())


class OwnOutcomesSerializer(Strict):
    """Which of its own outcomes a platform asks for."""

    after = serializers.RegexField(NO_REFERENCE, required=False, default="", allow_blank=True)


class MatchSerializer(Strict):
    """A match that is not decided yet."""

    entry = serializers.RegexField(A_REFERENCE, help_text="The entry's id in the list.")
    matched_at = serializers.DateTimeField()
    method = OneOf(choices=Method.choices)


class MatchBatchSerializer(Strict):
    """Matches that are not decided yet, recorded all or none."""

    matches = serializers.ListField(child=MatchSerializer(), min_length=1, max_length=LARGEST_BATCH)

    def said(self) -> list[tuple[str, datetime, Method]]:
        """Give what was sent, once it is valid."""
        return [(sent["entry"], sent["matched_at"], Method(sent["method"])) for sent in self.validated_data["matches"]]


class CountSerializer(serializers.Serializer[Any]):
    """How many were new."""

    count = serializers.IntegerField()


class NewReceiptSerializer(Strict):
    """Up to which leaf you have taken the list in, and when."""

    leaf = serializers.IntegerField(min_value=0, max_value=10**15)
    ingested_at = serializers.DateTimeField()


class ReceiptSerializer(serializers.Serializer[Any]):
    """What was acknowledged."""

    leaf = serializers.IntegerField()
    published_at = serializers.DateTimeField()
    ingested_at = serializers.DateTimeField()


class NewErasureSerializer(Strict):
    """What you did with your copy of an entry that was withdrawn."""

    entry = serializers.RegexField(A_REFERENCE, help_text="The entry's id in the list.")
    state = OneOf(choices=ErasureState.choices)
    at = serializers.DateTimeField(help_text="When you deleted it, or decided to keep it.")
    basis = OneOf(choices=Basis.choices, required=False, default="", allow_blank=True, help_text="Why you keep it.")


class ErasureSerializer(serializers.Serializer[Any]):
    """What you said last of an entry that was withdrawn."""

    entry = serializers.CharField(source="entry_reference")
    state = OneOf(choices=ErasureState.choices)
    at = serializers.DateTimeField()
    basis = OneOf(choices=Basis.choices, allow_blank=True)


class RunningSerializer(serializers.Serializer[Any]):
    """A match whose 48 hours run, or ran out before it was decided."""

    entry = serializers.CharField()
    matched_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True, help_text="When it was removed or decided; null: not yet.")
    is_late = serializers.BooleanField()


class ClockSerializer(serializers.Serializer[Any]):
    """A page of running and late matches, oldest first."""

    matches = RunningSerializer(many=True)
    next = serializers.CharField(allow_null=True)


def shown_clock(found: list[Running], following: str | None, now: datetime) -> dict[str, Any]:
    """Give a page of the clock as its platform sees it."""
    time = serializers.DateTimeField().to_representation
    matches = [
        {
            "entry": each.entry_reference,
            "matched_at": time(each.matched_at),
            "due_at": time(each.due_at),
            "ended_at": each.ended_at and time(each.ended_at),
            "is_late": each.is_late(now),
        }
        for each in found
    ]
    return {"matches": matches, "next": following}


def reported_from(sent: Mapping[str, Any]) -> ReportedOutcome:
    """Make an outcome of what was sent and is valid."""
    return ReportedOutcome(
        entry_reference=sent["entry"],
        decision=Decision(sent["decision"]),
        decided_at=sent["decided_at"],
        removed_at=sent["removed_at"],
        count_band=sent["count_band"],
        corrects=sent["corrects"],
        matched_at=sent["matched_at"],
        details=sent.get("details", {}),
    )


def shown(outcome: Outcome) -> dict[str, Any]:
    """Give an outcome as its platform sees it."""
    time = serializers.DateTimeField().to_representation
    return {
        "reference": outcome.reference,
        "entry": outcome.entry_reference,
        "decision": str(outcome.decision),
        "decided_at": time(outcome.decided_at),
        "removed_at": outcome.removed_at and time(outcome.removed_at),
        "count_band": str(outcome.count_band),
        "matched_at": outcome.matched_at and time(outcome.matched_at),
        "details": DetailsSerializer(outcome.details).data,
        "corrects": outcome.corrects.reference if outcome.corrects else "",
        "recorded_on": outcome.recorded_on.isoformat(),
        "confirmed_on": outcome.confirmed_on and outcome.confirmed_on.isoformat(),
        "asked_again_on": outcome.asked_again_on and outcome.asked_again_on.isoformat(),
    }
