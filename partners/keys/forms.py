"""What people of platforms choose for a key."""

from django import forms
from django.utils.translation import gettext_lazy as _

from registry.access.actors import Scope

SCOPES = [
    (Scope.FEED_READ.value, _("Read the list")),
    (Scope.FEEDBACK_WRITE.value, _("Give feedback on fingerprints")),
    (Scope.OUTCOME_WRITE.value, _("Report outcomes")),
    (Scope.MATCH_ASK.value, _("Ask us for matches")),
    (Scope.WEBHOOK_MANAGE.value, _("Manage webhooks")),
]


class KeyForm(forms.Form):
    """What a key may do, and from where."""

    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), choices=SCOPES, widget=forms.CheckboxSelectMultiple, initial=[s for s, _w in SCOPES]
    )
    networks = forms.CharField(
        label=_("Only from these networks"),
        help_text=_("One a line, such as 192.0.2.0/24. Leave it empty to allow any."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )

    def granted(self) -> list[Scope]:
        """Give the scopes chosen, once the form is valid."""
        return [Scope(scope) for scope in self.cleaned_data["scopes"]]

    def lines(self) -> list[str]:
        """Give the networks written, once the form is valid."""
        return [line for line in self.cleaned_data["networks"].splitlines() if line.strip()]
