"""The form by which a person comes back."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from portal.reports.states import Went


class ReturnForm(forms.Form):
    """Reference and key, typed, pasted or filled in by a password manager."""

    reference = forms.CharField(
        label=_("Your reference"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "username", "spellcheck": "false"}),
    )
    key = forms.CharField(
        label=_("Your key"),
        max_length=60,
        widget=forms.PasswordInput(
            attrs={"autocomplete": "current-password", "spellcheck": "false"}, render_value=True
        ),
    )


class MessageForm(ReturnForm):
    """A message, with the codes that say whose it is."""

    text = forms.CharField(
        label=_("Your message"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off"})
    )


class ExpiryForm(ReturnForm):
    """When a report ends by itself, with the codes that say whose it is."""

    CHOICES = [
        ("6", _("6 months")),
        ("12", _("1 year")),
        ("24", _("2 years")),
        ("60", _("5 years")),
        ("120", _("10 years")),
    ]

    months = forms.ChoiceField(label=_("End it by itself in"), choices=CHOICES, initial="120")


class WentForm(ReturnForm):
    """How it has been, with the codes that say whose report it is."""

    went = forms.ChoiceField(choices=Went.choices)


REFUSALS = (
    gettext_noop("No report has this reference and key. Check both for slips: the key has seven groups of four."),
    gettext_noop("There were too many wrong tries. Wait a minute, then try again."),
    gettext_noop("A reference has 12 letters and digits. Check what you typed."),
    gettext_noop("A key has 28 letters and digits. Check what you typed."),
    gettext_noop("There is a slip in the reference. Check each letter against your note."),
    gettext_noop("There is a slip in the key. Check each letter against your note."),
    gettext_noop("Write a few words first."),
    gettext_noop("Your messages are waiting for an answer. Please give us a little time before you write more."),
)
"""What the verbs behind these forms say when they refuse: the rules speak English, the page its reader's language."""
