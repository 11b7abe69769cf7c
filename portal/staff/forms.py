"""What people type to sign in."""

from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.utils.translation import gettext_lazy as _

from registry.access.actors import Role


class SignInForm(LoginForm):
    """E-mail address and password, labelled in our words and without placeholders."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Put our labels and hints on allauth's fields."""
        super().__init__(*args, **kwargs)
        email = forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
        self.fields["login"] = forms.EmailField(label=_("E-mail address"), widget=email)
        password = forms.PasswordInput(attrs={"autocomplete": "current-password"})
        self.fields["password"] = forms.CharField(label=_("Password"), strip=False, max_length=256, widget=password)


class CodeForm(forms.Form):
    """The first code of an authenticator app that is being set up."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("The six digits the app shows now."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        ),
    )


class JoinForm(forms.Form):
    """What an invited person sends: the address, the code from the mail, and a password of their choice."""

    email = forms.EmailField(label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    code = forms.CharField(
        label=_("Code from the mail"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=256,
        help_text=_("At least 12 characters. A few words in a row are easy to keep. It never expires."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class RolesForm(forms.Form):
    """What somebody may do."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=[(role.value, role.value.capitalize()) for role in Role],
        help_text=_("An auditor and an administrator hold no other role."),
        widget=forms.CheckboxSelectMultiple,
    )


class InvitationForm(RolesForm):
    """Whom an administrator invites."""

    email = forms.EmailField(label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    field_order = ["email", "roles"]
