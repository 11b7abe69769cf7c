"""Which days are counted."""

from django import forms

PERIODS = (7, 30, 90, 365)
USUAL_PERIOD = 30


class PeriodForm(forms.Form):
    """How many days, today included. It lives in the address."""

    days = forms.TypedChoiceField(required=False, coerce=int, choices=[(days, days) for days in PERIODS])

    def period(self) -> int:
        """Give what was asked for, or the usual, once it is valid."""
        return int(self.cleaned_data["days"] or USUAL_PERIOD)
