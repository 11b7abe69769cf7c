"""What people of platforms choose for a key."""

from collections.abc import Mapping

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


LIVE, TEST = "live", "test"
KINDS = [(LIVE, _("The real list")), (TEST, _("The sandbox: made-up entries, to try your software on"))]


class KeyForm(forms.Form):
    """What a key is for, what it may do, and from where."""

    kind = forms.ChoiceField(
        label=_("For which list"),
        choices=KINDS,
        widget=forms.RadioSelect,
    )
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

    def __init__(self, data: Mapping[str, str] | None = None, *, is_activated: bool) -> None:
        """Offer the real list to those who were let in."""
        super().__init__(data, initial={"kind": LIVE if is_activated else TEST})
        if not is_activated:
            kind = self.fields["kind"]
            assert isinstance(kind, forms.ChoiceField)
            kind.choices = [(value, words) for value, words in KINDS if value == TEST]

    def is_test(self) -> bool:
        """Tell whether the key is for the sandbox, once the form is valid."""
        return bool(self.cleaned_data["kind"] == TEST)

    def granted(self) -> list[Scope]:
        """Give the scopes chosen, once the form is valid."""
        return [Scope(scope) for scope in self.cleaned_data["scopes"]]

    def lines(self) -> list[str]:
        """Give the networks written, once the form is valid."""
        return [line for line in self.cleaned_data["networks"].splitlines() if line.strip()]
