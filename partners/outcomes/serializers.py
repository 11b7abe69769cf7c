"""The JSON that platforms send and are answered with."""

from typing import Any

from rest_framework import serializers

from partners.outcomes.models import Outcome
from partners.outcomes.rules import ReportedOutcome
from partners.outcomes.states import CountBand, Decision


class Strict(serializers.Serializer[Any]):
    """A serializer that refuses fields it does not know: a misspelt one would be silence."""

    def to_internal_value(self, data: Any) -> Any:
        """Look for unknown fields first."""
        if isinstance(data, dict) and (unknown := set(data) - set(self.fields)):
            raise serializers.ValidationError({name[:64]: ["There is no such field."] for name in sorted(unknown)})
        return super().to_internal_value(data)


class OutcomeSerializer(Strict):
    """What a platform reports about a match. Times in UTC, such as 2026-11-23T22:15:00Z."""

    entry = serializers.CharField(max_length=30, help_text="The entry's id in the list.")
    decision = serializers.ChoiceField(choices=Decision.choices)
    decided_at = serializers.DateTimeField()
    removed_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    count_band = serializers.ChoiceField(
        choices=CountBand.choices, required=False, default="", allow_blank=True, help_text="How many copies, in bands."
    )
    corrects = serializers.CharField(
        max_length=30, required=False, default="", allow_blank=True, help_text="The outcome this one replaces."
    )

    def reported(self) -> ReportedOutcome:
        """Give what was sent, once it is valid."""
        sent = self.validated_data
        return ReportedOutcome(
            entry_reference=sent["entry"],
            decision=Decision(sent["decision"]),
            decided_at=sent["decided_at"],
            removed_at=sent["removed_at"],
            count_band=sent["count_band"],
            corrects=sent["corrects"],
        )


class OwnOutcomesSerializer(Strict):
    """Which of its own outcomes a platform asks for."""

    after = serializers.CharField(max_length=30, required=False, default="")


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
    }
