"""The form by which a person comes back."""

from django import forms
from django.utils.translation import gettext_lazy as _


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
