"""People of platforms, who join by invitation and sign in by the real pages."""

from dataclasses import dataclass

from django.test import Client

from partners.organisations import actions
from partners.organisations.models import Organisation
from registry.accounts.models import Account
from tests.partners.conftest import DEMONSTRATION
from tests.portal.staff.people import CODE, PASSWORD, SIGN_IN, Person, post

HOME = "/platforms/"


@dataclass(frozen=True, slots=True)
class Colleague:
    """A person of a platform, with a password and a code generator."""

    email: str
    secret: str
    codes: list[str]

    @property
    def account(self) -> Account:
        return Account.objects.get(email=self.email)

    def sign_in(self) -> Client:
        """Give a browser of theirs that is signed in."""
        client = Client(headers={"Accept": "text/html"})
        post(client, SIGN_IN, login=self.email, password=PASSWORD)
        answer = post(client, CODE, code=Person(self.account, self.secret).code)
        assert (answer.status_code, answer["Location"]) == (302, HOME)
        return client


def join(organisation: Organisation, email: str, role: str) -> Colleague:
    """Invite somebody, and accept for them."""
    secret = actions.invite_person(organisation, email, role, actor=DEMONSTRATION)
    return Colleague(*actions.accept_invitation(secret, PASSWORD))
