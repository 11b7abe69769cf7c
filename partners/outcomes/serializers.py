"""The JSON that platforms send and are answered with."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from partners.outcomes.models import Outcome
from partners.outcomes.rules import ReportedOutcome
from partners.outcomes.states import CountBand, Decision

LARGEST_BATCH = 1000
A_REFERENCE, NO_REFERENCE = r"^[0-9A-Za-z-]{1,30}$", r"^[0-9A-Za-z-]{0,30}$"


class Strict(serializers.Serializer[Any]):
    """A serializer that refuses fields it does not know: a misspelt one would be silence."""

    def to_internal_value(self, data: Any) -> Any:
        """Look for unknown fields first."""
        if isinstance(data, dict) and (unknown := set(data) - set(self.fields)):
            raise serializers.ValidationError({name[:64]: ["There is no such field."] for name in sorted(unknown)})
        return super().to_internal_value(data)


class OutcomeSerializer(Strict):
    """What a platform reports about a match. Times in UTC, such as 2026-11-23T22:15:00Z."""

    entry = serializers.RegexField(A_REFERENCE, help_text="The entry's id in the list.")
    decision = serializers.ChoiceField(choices=Decision.choices)
    decided_at = serializers.DateTimeField()
    removed_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    count_band = serializers.ChoiceField(
        choices=CountBand.choices, required=False, default="", allow_blank=True, help_text="How many copies, in bands."
    )
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
    decision = serializers.ChoiceField(choices=Decision.choices)
    decided_at = serializers.DateTimeField()
    removed_at = serializers.DateTimeField(allow_null=True)
    count_band = serializers.ChoiceField(choices=CountBand.choices, allow_blank=True)
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


def reported_from(sent: Mapping[str, Any]) -> ReportedOutcome:
    """Make an outcome of what was sent and is valid."""
    return ReportedOutcome(
        entry_reference=sent["entry"],
        decision=Decision(sent["decision"]),
        decided_at=sent["decided_at"],
        removed_at=sent["removed_at"],
        count_band=sent["count_band"],
        corrects=sent["corrects"],
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
        "corrects": outcome.corrects.reference if outcome.corrects else "",
        "recorded_on": outcome.recorded_on.isoformat(),
        "confirmed_on": outcome.confirmed_on and outcome.confirmed_on.isoformat(),
        "asked_again_on": outcome.asked_again_on and outcome.asked_again_on.isoformat(),
    }
