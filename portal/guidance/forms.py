"""What administrators type to change the public pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.organisations import queries as organisations
from portal.guidance.models import HelpLine, Platform
from portal.guidance.states import Language


class HelpLineForm(forms.ModelForm):  # type: ignore[type-arg]  # has no parameter at run time
    """One help line."""

    class Meta:
        model = HelpLine
        fields = ["country", "name", "phone", "text_to", "text_word", "website", "position"]
        labels = {
            "phone": _("Number to call"),
            "text_to": _("Number to text"),
            "text_word": _("Word to text"),
            "position": _("Place in its country"),
        }
        help_texts = {"position": _("Lower numbers stand first.")}

    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https")

    def clean(self) -> dict[str, Any]:
        """Refuse a line nobody can reach."""
        sent = super().clean() or {}
        if not (sent.get("phone") or sent.get("text_to") or sent.get("website")):
            self.add_error(None, _("Give a number to call, a number to text, or a website."))
        return sent


class PlatformForm(forms.ModelForm):  # type: ignore[type-arg]  # has no parameter at run time
    """One platform."""

    class Meta:
        model = Platform
        fields = ["name", "slug", "organisation", "has_private_chats", "report_page", "position"]
        labels = {
            "slug": _("Short name"),
            "has_private_chats": _("It has private chats"),
            "position": _("Place in the list"),
        }
        help_texts = {
            "slug": _("Small letters, digits and dashes. Reports keep it: do not change it later."),
            "position": _("Lower numbers stand first."),
        }

    organisation = forms.ModelChoiceField(
        label=_("Works with us as"),
        queryset=organisations.members(),
        required=False,
        help_text=_("Leave it empty unless this platform fetches the list."),
    )
    report_page = forms.URLField(label=_("Its help page"), required=False, assume_scheme="https")


class GuideForm(forms.Form):
    """What to press on a platform, in one language."""

    language = forms.ChoiceField(choices=Language.choices, widget=forms.HiddenInput)
    steps = forms.CharField(
        label=_("Steps, one a line"), widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}), max_length=2000
    )


class FindForm(forms.Form):
    """Which words to look for, in which language."""

    language = forms.ChoiceField(label=_("Language"), choices=Language.choices, initial=Language.ENGLISH)
    find = forms.CharField(label=_("Words to find"), required=False, max_length=200)


class WordingForm(forms.Form):
    """What a page says instead."""

    said = forms.CharField(
        label=_("What the pages say"), widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}), max_length=4000
    )


class SignatureForm(forms.Form):
    """Who read every page in a language."""

    reader = forms.CharField(label=_("Name of the person who read it"), max_length=80)
    is_whole = forms.BooleanField(
        label=_("They read every page and every step, help for a crisis too, and found it right."),
    )
