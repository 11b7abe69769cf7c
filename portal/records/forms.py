"""What of which log is looked for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registry.log.events import Change, Event
from registry.log.queries import Sought
from registry.log.states import LogName


class LogForm(forms.Form):
    """Which log: that of acts unless the address says otherwise."""

    log = forms.TypedChoiceField(
        required=False,
        choices=LogName.choices,
        coerce=LogName,
        empty_value=LogName.AUDIT,
        widget=forms.HiddenInput,
    )


class SoughtForm(LogForm):
    """Which lines. It lives in the address, so that a bookmark keeps it; none of it is ever a fingerprint."""

    event = forms.ChoiceField(label=_("Act"), required=False)
    actor = forms.RegexField(
        r"^[a-z-]+(:[\w.-]+)?$", label=_("Who"), required=False, max_length=80, help_text=_("As in a line: staff:…")
    )
    subject = forms.RegexField(
        r"^[\w:.-]+$", label=_("About"), required=False, max_length=80, help_text=_("As in a line: review:…")
    )
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    before = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the words of the log that is read."""
        super().__init__(*args, **kwargs)
        words = Event if self["log"].value() in ("", None, LogName.AUDIT) else Change
        event: Any = self.fields["event"]
        event.choices = [("", _("Any")), *((word.value, word.value) for word in words)]

    def sought(self) -> Sought:
        """Give what was asked for, once it is valid."""
        sent = self.cleaned_data
        return Sought(sent["event"], sent["actor"], sent["subject"], sent["since"], sent["until"])
