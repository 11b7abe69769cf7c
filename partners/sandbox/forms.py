"""What people of platforms type about the sandbox."""

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.sandbox.rules import LONGEST_NAME


class NameForm(forms.Form):
    """Which entry a platform's software let go."""

    entry = forms.CharField(
        label=_("The id of the entry that was withdrawn"),
        help_text=_(
            "Your software sees its tombstone at the next fetch: deletedImage or deletedVideo, or state removed. "
            "With our package: takeitdown sync, then takeitdown removed."
        ),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
