"""What a reviewer sends."""

from django import forms

from portal.reviews.states import REVIEWER_DECISIONS


class DecisionForm(forms.Form):
    """One decision out of the closed list."""

    decision = forms.ChoiceField(choices=[(decision.value, decision.label) for decision in REVIEWER_DECISIONS])
