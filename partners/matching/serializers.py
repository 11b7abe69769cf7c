"""The JSON of a question and its answer."""

from typing import Any

from rest_framework import serializers

from partners.matching import rules
from partners.matching.rules import Asked, Found
from partners.matching.states import Likeness
from partners.outcomes.serializers import OneOf, Strict
from registry.entries.states import Kind


class FingerprintSerializer(Strict):
    """One fingerprint, in lower-case hexadecimal."""

    type = OneOf(choices=[signal_type.value for signal_type in rules.SIGNAL_TYPES])
    digest = serializers.RegexField(r"^([0-9A-Fa-f]{32}|[0-9A-Fa-f]{64})$")

    def to_internal_value(self, data: Any) -> Asked:
        """Give what is asked, in its canonical form."""
        sent = super().to_internal_value(data)
        return rules.read_asked(sent["type"], sent["digest"])


class QuestionSerializer(Strict):
    """The fingerprints asked about."""

    fingerprints = serializers.ListField(
        child=FingerprintSerializer(), min_length=1, max_length=rules.LARGEST_BATCH, help_text="At most 100."
    )


class FoundSerializer(serializers.Serializer[Any]):
    """An entry on the list. Name it when you report your outcome."""

    entry = serializers.CharField(source="entry_reference")
    kind = serializers.ChoiceField(choices=Kind.choices)
    likeness = serializers.ChoiceField(
        choices=[likeness.value for likeness in Likeness],
        help_text="'same': the very fingerprint; 'near': at most `threshold` bits of a PDQ digest away.",
    )


class MatchesSerializer(serializers.Serializer[Any]):
    """The entries like one fingerprint, the nearest first; none when it is not on the list."""

    matches = FoundSerializer(many=True)


class AnswerSerializer(serializers.Serializer[Any]):
    """One result for each fingerprint, in the order asked."""

    threshold = serializers.IntegerField()
    results = MatchesSerializer(many=True)


def answer(found: list[list[Found]]) -> dict[str, Any]:
    """Write what was found."""
    results = [{"matches": FoundSerializer(entries, many=True).data} for entries in found]
    return {"threshold": rules.THRESHOLD, "results": results}
