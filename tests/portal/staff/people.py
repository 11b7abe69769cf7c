"""People of the staff, who sign in by the real pages."""

import time
from base64 import b32decode
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.test import Client
from django_otp.oath import TOTP

from registry.access.actors import Actor, ActorKind, Role, system
from registry.accounts import actions as accounts
from registry.accounts.models import Account

PASSWORD = "a calm river at dusk"
HOME, SIGN_IN, CODE, QUEUE = "/staff/", "/staff/sign-in/", "/staff/sign-in/code/", "/staff/reviews/"


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff with a password and a code generator."""

    account: Account
    secret: str

    @property
    def actor(self) -> Actor:
        """Who they are once they are in."""
        return Actor(ActorKind.STAFF, str(self.account.reference), roles=frozenset(map(Role, self.account.roles)))

    @property
    def code(self) -> str:
        """What their app shows now."""
        totp = TOTP(b32decode(self.secret))
        totp.time = time.time()
        return f"{totp.token():06d}"

    def sign_in(self) -> Client:
        """Give a browser of theirs that is signed in."""
        client = Client()
        post(client, SIGN_IN, login=self.account.email, password=PASSWORD)
        answer = post(client, CODE, code=self.code)
        assert answer.status_code == 302
        return client


def make_person(email: str, *roles: Role) -> Person:
    """Add somebody with a second factor."""
    account = accounts.add_account(email, PASSWORD, roles, actor=system("test"))
    return Person(account, accounts.enrol_totp(account, actor=system("test")))


def post(client: Client, path: str, **fields: str) -> Any:
    """Send a form as a browser does."""
    form = "application/x-www-form-urlencoded"
    return client.post(path, urlencode(fields), content_type=form, headers={"Accept": "text/html"})
