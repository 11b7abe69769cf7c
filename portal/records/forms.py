"""What of the audit log is looked for."""

from django import forms
from django.utils.translation import gettext_lazy as _

from registry.log.events import Event
from registry.log.queries import Sought


class SoughtForm(forms.Form):
    """Which lines. It lives in the address, so that a bookmark keeps it; none of it is ever a fingerprint."""

    event = forms.ChoiceField(
        label=_("Act"), required=False, choices=[("", _("Any")), *((event.value, event.value) for event in Event)]
    )
    actor = forms.RegexField(
        r"^[a-z-]+(:[\w.-]+)?$", label=_("Who"), required=False, max_length=80, help_text=_("As in a line: staff:…")
    )
    subject = forms.RegexField(
        r"^[\w:.-]+$", label=_("About"), required=False, max_length=80, help_text=_("As in a line: review:…")
    )
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    before = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def sought(self) -> Sought:
        """Give what was asked for, once it is valid."""
        sent = self.cleaned_data
        return Sought(sent["event"], sent["actor"], sent["subject"], sent["since"], sent["until"])
