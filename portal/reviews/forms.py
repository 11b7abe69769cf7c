"""What a reviewer sends."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.conversations.rules import LONGEST as LONGEST_MESSAGE
from portal.reviews.queries import MINE, Filter
from portal.reviews.rules import LONGEST_NOTE, LONGEST_SNOOZE_DAYS
from portal.reviews.states import CHANGES, ReviewDecision, ReviewKind, ReviewState, SnoozeReason, Urgency
from registry.entries.states import Reason
from registry.policy import queries as policy
from registry.policy.states import ReasonList

ANY = [("", _("All"))]


class FilterForm(forms.Form):
    """What of the queue is shown. It lives in the address, so that a bookmark keeps it."""

    kind = forms.ChoiceField(label=_("About"), required=False, choices=[*ANY, *ReviewKind.choices])
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("To be worked on")), (MINE, _("Mine")), *ReviewState.choices],
    )
    urgency = forms.ChoiceField(label=_("Due"), required=False, choices=[*ANY, *Urgency.choices])
    organisation = forms.TypedChoiceField(label=_("Platform"), required=False, coerce=int, empty_value=None)
    page = forms.IntegerField(required=False, min_value=1, max_value=100_000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, platforms: list[tuple[int, str]], **kwargs: Any) -> None:
        """Offer the platforms there are."""
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = [*ANY, *platforms]  # type: ignore[attr-defined]  # a choice field

    def kept(self) -> str:
        """Give the address's query for what was asked for, whatever page of it."""
        return urlencode({name: value for name, value in self.cleaned_data.items() if value and name != "page"})

    def wanted(self) -> Filter:
        """Give what was asked for, once it is valid."""
        sent = self.cleaned_data
        return Filter(sent["kind"], sent["state"], sent["urgency"], sent["organisation"])


class DecisionForm(forms.Form):
    """One decision out of the closed list; which of them fit is a rule."""

    decision = forms.ChoiceField(choices=ReviewDecision.choices)


class AnswerForm(forms.Form):
    """What a reporter reads when they come back."""

    text = forms.CharField(
        label=_("Your answer"),
        max_length=LONGEST_MESSAGE,
        help_text=_(
            "Plain, kind and short. Promise nothing, ask for no name, send no link the person did not ask for."
        ),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class ManyForm(forms.Form):
    """One change of many entries, and why."""

    verb = forms.ChoiceField(label=_("What"), choices=CHANGES.items())
    reason = forms.ChoiceField(label=_("Why"), choices=lambda: policy.offered(ReasonList.ENTRY, Reason.choices))
    entries = forms.CharField(
        label=_("Entries"), help_text=_("Their references, one a line."), widget=forms.Textarea(attrs={"rows": 6})
    )

    def clean_entries(self) -> list[str]:
        """Give the references."""
        return str(self.cleaned_data["entries"]).split()

    def clean_reason(self) -> Reason:
        """Give the reason as one of the closed list."""
        return Reason(self.cleaned_data["reason"])


class SnoozeForm(forms.Form):
    """How long a review rests, and why."""

    days = forms.IntegerField(label=_("Days"), min_value=1, max_value=LONGEST_SNOOZE_DAYS, initial=1)
    reason = forms.ChoiceField(
        label=_("Why it rests"), choices=lambda: policy.offered(ReasonList.SNOOZE, SnoozeReason.choices)
    )


class NoteForm(forms.Form):
    """A note for the next reviewer."""

    text = forms.CharField(
        label=_("Note"),
        max_length=LONGEST_NOTE,
        help_text=_("For colleagues only. Write no names, and nothing that could tell who reported."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class HandOverForm(forms.Form):
    """To whom a review goes."""

    to = forms.ChoiceField(label=_("Colleague"))

    def __init__(self, *args: Any, colleagues: list[tuple[str, str]], **kwargs: Any) -> None:
        """Offer the colleagues there are."""
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = colleagues  # type: ignore[attr-defined]  # a choice field
