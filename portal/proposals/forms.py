"""What is typed to propose something."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.proposals.states import ABOUT_A_PLATFORM, GROUNDS, Ground, ProposalVerb, Records
from registry.policy import queries as policy
from registry.policy.states import ReasonList


def _choices(verbs: list[ProposalVerb]) -> list[tuple[str, str]]:
    offered = [ground for ground in Ground if any(ground in GROUNDS[verb] for verb in verbs)]
    return policy.offered(ReasonList.GROUND, [(ground.value, str(ground.label)) for ground in offered])


class PlatformForm(forms.Form):
    """Which platform is to be suspended or let back in, and why."""

    verb = forms.ChoiceField(
        label=_("What"), choices=[(verb.value, verb.label) for verb in ProposalVerb if verb in ABOUT_A_PLATFORM]
    )
    organisation: Any = forms.ModelChoiceField(label=_("Platform"), queryset=None, empty_label=None)
    ground = forms.ChoiceField(label=_("Why"), choices=lambda: _choices(sorted(ABOUT_A_PLATFORM)))

    def __init__(self, *args: Any, platforms: Any, **kwargs: Any) -> None:
        """Offer the platforms there are."""
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = platforms  # type: ignore[attr-defined]  # a model choice
        self.fields["organisation"].label_from_instance = lambda platform: platform.name  # type: ignore[attr-defined]

    def clean_verb(self) -> ProposalVerb:
        """Give the verb as one."""
        return ProposalVerb(self.cleaned_data["verb"])


class ExportForm(forms.Form):
    """Which records of which days, and why."""

    records = forms.ChoiceField(label=_("Records"), choices=Records.choices)
    since = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    ground = forms.ChoiceField(label=_("Why"), choices=lambda: _choices([ProposalVerb.EXPORT]))

    def clean_records(self) -> Records:
        """Give the records as one of the closed list."""
        return Records(self.cleaned_data["records"])
