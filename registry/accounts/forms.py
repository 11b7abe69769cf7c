"""What people prove themselves with, on the staff's pages and on those of platforms."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from registry.access.refusals import Refused
from registry.accounts import queries
from registry.accounts.actions import Proof
from registry.accounts.models import Account
from registry.accounts.rules import LONGEST_NAME, Answer, Site

QUESTION = "passkey_question"
"""In the session: what the page before asked a passkey. It is answered once."""
MOST_OF_AN_ANSWER = 8000
Result = TypeVar("Result")


class QuestionForm(forms.Form):
    """A form whose page asks a passkey something, and takes its answer with whatever else was typed."""

    passkey = forms.CharField(required=False, max_length=MOST_OF_AN_ANSWER, widget=forms.HiddenInput)

    def __init__(self, request: HttpRequest, ask: Callable[[Account, Site], str], account: Account) -> None:
        """Take what was sent, with the question it was sent for, and ask anew."""
        super().__init__(request.POST or None)
        origin = f"{request.scheme}://{request.get_host()}"
        self._site = Site(urlsplit(origin).hostname or "", origin)
        self._asked: str = request.session.pop(QUESTION, "")
        self.question = ask(account, self._site)
        request.session[QUESTION] = self.question

    def answer(self) -> Answer:
        """Give what the passkey answered, once the form is valid."""
        return Answer(self.cleaned_data["passkey"], self._asked, self._site)

    @property
    def status(self) -> int:
        """Give the status of the page that shows this form."""
        return 400 if self.errors else 200

    def try_to(self, verb: Callable[[], Result]) -> Result | None:
        """Do what the form is for, once it is valid; a refusal is said beside it."""
        if not self.is_bound or not self.is_valid():
            return None
        try:
            return verb()
        except Refused as refusal:
            self.add_error(None, refusal.reason)
            return None


class ProofForm(QuestionForm):
    """A code of the authenticator app, one of the recovery codes, or a passkey's answer."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        required=False,
        help_text=_("Six digits from your authenticator app, or a recovery code. You can paste it."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        ),
    )

    def __init__(self, request: HttpRequest, account: Account) -> None:
        """Ask one of the account's own passkeys, where it has any."""
        super().__init__(request, queries.passkey_question, account)

    def clean(self) -> dict[str, Any]:
        """Refuse a form that proves nothing at all."""
        sent = super().clean() or {}
        if not sent.get("passkey") and not sent.get("code") and not self.errors:
            self.add_error("code", self.fields["code"].error_messages["required"])
        return sent

    def proved_by(self, verb: Callable[[Proof], Result]) -> Result | None:
        """Give what the verb makes of the proof that was sent; nothing, with the reason said, when it proves nothing."""
        proved = self.try_to(lambda: verb(self.answer() if self.cleaned_data["passkey"] else self.cleaned_data["code"]))
        if self.is_bound and not proved and not self.errors:
            if self.cleaned_data["passkey"]:
                self.add_error(None, _("This passkey did not prove who you are. Try again, or type a code."))
            else:
                self.add_error("code", _("This code is wrong or was used before. Try again with the next one."))
        return proved


class PasskeyForm(QuestionForm):
    """A new passkey, and what its owner calls it."""

    name = forms.CharField(
        label=_("What do you call it?"),
        max_length=LONGEST_NAME,
        help_text=_("Such as the device it is on."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, request: HttpRequest, account: Account) -> None:
        """Offer a passkey that the account does not have yet."""
        super().__init__(request, queries.passkey_offer, account)
