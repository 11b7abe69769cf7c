"""Read what a person asks of the dashboard by its address."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partners.dashboard.rules import LONGEST_DAYS, PERIODS, Asked
from registry.log.states import LogName

LISTS = (LogName.LIST, LogName.SANDBOX)
DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class AskedForm(forms.Form):
    """Which days, which key, which list. Everything stands in the address, so that a view can be kept and sent on."""

    since = forms.DateField(label=_("From"), required=False, widget=DATE)
    until = forms.DateField(label=_("To"), required=False, widget=DATE)
    key = forms.ChoiceField(label=_("Key"), required=False)
    list = forms.ChoiceField(
        label=_("List"),
        required=False,
        choices=[(LogName.LIST.value, _("Real list")), (LogName.SANDBOX.value, _("Sandbox"))],
    )

    periods = PERIODS

    def __init__(self, data: Any, *, key_names: Sequence[str], is_activated: bool) -> None:
        """Read the address; what it leaves open is filled in."""
        today = timezone.now().date()
        days = data.get("days", "")
        period = int(days) if days in {str(period) for period in PERIODS} else 30
        filled = {
            "since": data.get("since") or (today - timedelta(days=period - 1)).isoformat(),
            "until": data.get("until") or today.isoformat(),
            "key": data.get("key", ""),
            "list": data.get("list") or read_list("", is_activated).value,
        }
        super().__init__(filled)
        self.period = 0 if data.get("since") or data.get("until") else period
        choice = self.fields["key"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", gettext("All keys")), *((name, name) for name in key_names)]

    def clean(self) -> dict[str, Any]:
        """Refuse days that do not follow each other, or are too many."""
        cleaned: dict[str, Any] = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and not 0 <= (until - since).days < LONGEST_DAYS:
            self.add_error("until", gettext("Choose a day after the first, and at most a year."))
        return cleaned

    def asked(self) -> Asked:
        """Give what is asked; the last 30 days where it cannot be read."""
        today: date = timezone.now().date()
        if not self.is_valid():
            return Asked(today - timedelta(days=29), today)
        sent = self.cleaned_data
        return Asked(sent["since"], sent["until"], sent["key"], sent["list"] == LogName.SANDBOX)


def read_list(text: str, is_activated: bool) -> LogName:
    """Read which list is meant; where none is, the real one for those who were let in."""
    if text in LISTS:
        return LogName(text)
    return LogName.LIST if is_activated else LogName.SANDBOX
