"""What is typed to keep the settings."""

from django import forms
from django.utils.translation import gettext_lazy as _

from registry.policy import queries as policy
from registry.policy.states import ReasonList, Window
from registry.screening.rules import LONGEST_NOTE
from registry.screening.states import BenignReason


class WindowForm(forms.Form):
    """A window and its hours; the bounds are a rule."""

    name = forms.ChoiceField(choices=Window.choices)
    hours = forms.IntegerField(min_value=1, max_value=1000)

    def clean_name(self) -> Window:
        """Give the window as one of those there are."""
        return Window(self.cleaned_data["name"])


class ReasonForm(forms.Form):
    """One reason of one list."""

    reasons = forms.ChoiceField(choices=ReasonList.choices)
    word = forms.CharField(max_length=36)

    def clean_reasons(self) -> ReasonList:
        """Give the list as one of those there are."""
        return ReasonList(self.cleaned_data["reasons"])


class BenignForm(forms.Form):
    """A picture that everybody has."""

    digest = forms.CharField(
        label=_("Its PDQ fingerprint"),
        max_length=80,
        help_text=_("64 hexadecimal digits, made from the public picture itself. It is never shown again."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "data-digits": True}),
    )
    reason = forms.ChoiceField(
        label=_("What it is"), choices=lambda: policy.offered(ReasonList.BENIGN, BenignReason.choices)
    )
    note = forms.CharField(label=_("In a few words"), max_length=LONGEST_NOTE)

    def clean_reason(self) -> BenignReason:
        """Give the reason as one of the closed list."""
        return BenignReason(self.cleaned_data["reason"])
