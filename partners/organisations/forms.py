"""What applicants, people of platforms and staff type."""

import base64
import io
from collections.abc import Mapping
from urllib.parse import quote

import qrcode
import qrcode.image.svg
from django import forms
from django.utils.translation import gettext_lazy as _

from partners.organisations.states import CHECKS, ROLES

ISSUER = "Take It Down"


class ApplicationForm(forms.Form):
    """A platform's application."""

    name = forms.CharField(label=_("Name of the platform"), max_length=120)
    website = forms.URLField(label=_("Website"), max_length=200, assume_scheme="https")
    country = forms.CharField(label=_("Country of the company"), max_length=60)
    contact_name = forms.CharField(label=_("Your name"), max_length=120)
    contact_email = forms.EmailField(label=_("Your work e-mail address"))
    service = forms.CharField(
        label=_("What people do on your platform"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    review_process = forms.CharField(
        label=_("How a person looks at a match before you act on it"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class AgreementForm(forms.Form):
    """A named person's acceptance of the agreement they read."""

    signatory = forms.CharField(label=_("Full name of the person who accepts for the company"), max_length=120)
    version = forms.CharField(widget=forms.HiddenInput)


class InviteForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(label=_("Work e-mail address"))
    role = forms.ChoiceField(label=_("Role"), choices=ROLES, initial="viewer")


class PasswordForm(forms.Form):
    """The password of a new account."""

    password = forms.CharField(
        label=_("Choose a password"),
        help_text=_("At least 12 letters. A few words in a row are easy to remember and hard to guess."),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class AppForm(forms.Form):
    """The first code of another authenticator app."""

    code = forms.CharField(
        label=_("The code the new app shows"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )


class EvidenceForm(forms.Form):
    """What staff looked at, for each check."""

    def __init__(self, data: Mapping[str, str] | None = None, *, written: Mapping[str, str] | None = None) -> None:
        """Make a field for every check, with what is `written` there already."""
        super().__init__(data, initial=dict(written or {}))
        for name, words in CHECKS:
            area = forms.Textarea(attrs={"rows": 2})
            self.fields[name] = forms.CharField(label=words, max_length=2000, widget=area, required=False)


def app_address(email: str, secret: str) -> str:
    """Give the address an authenticator app reads from a QR code."""
    return f"otpauth://totp/{quote(ISSUER)}:{quote(email)}?secret={secret}&issuer={quote(ISSUER)}"


def qr_picture(text: str) -> str:
    """Draw a QR code, as an image that stands in the page itself: it goes nowhere else."""
    picture = io.BytesIO()
    qrcode.make(text, image_factory=qrcode.image.svg.SvgPathFillImage, box_size=12).save(picture)
    return "data:image/svg+xml;base64," + base64.b64encode(picture.getvalue()).decode()
