"""What people type to sign in."""

from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.utils.translation import gettext_lazy as _


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
    """A code of the authenticator app, or one of the recovery codes."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("Six digits from your authenticator app, or a recovery code. You can paste it."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        ),
    )
