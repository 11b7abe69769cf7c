"""What people of platforms choose for a webhook."""

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.webhooks.states import Topic


class EndpointForm(forms.Form):
    """Where messages go, and about what."""

    url = forms.CharField(
        label=_("Address"),
        help_text=_("https, on the public internet. Redirects are not followed."),
        max_length=300,
        widget=forms.URLInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )
    topics = forms.MultipleChoiceField(
        label=_("Tell it when"), choices=Topic.choices, widget=forms.CheckboxSelectMultiple, initial=Topic.values
    )
