"""Read who on the staff is asking."""

from base64 import b64encode
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

import qrcode
from django.urls import get_script_prefix, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from qrcode.image.svg import SvgPathFillImage

from registry.access import doors
from registry.access.actors import Actor, ActorKind, Role
from registry.access.refusals import NotFound
from registry.accounts import queries as accounts
from registry.accounts.models import Account

JOINING = "joining"
"""In the session: the reference of a person who has taken up an invitation and has no app yet."""
OFFER = "offer"
"""In the session: the secret, sealed, of an app that is being enrolled."""
ISSUER = "Take It Down"
KEYS_OFF = "keys_off"
"""In the session: whether the one-letter keys are switched off."""


def actor_for(user: Any, session: MutableMapping[str, Any]) -> Actor | None:
    """Give the actor for a signed-in member of staff with a verified second factor, for as long as a session may last.

    None for anyone else. The idle limit is the session's own expiry.
    """
    if not user.is_authenticated or not user.is_active or not user.roles or not user.is_verified():
        return None
    if not accounts.is_in_time(session):
        return None
    return Actor(ActorKind.STAFF, str(user.reference), roles=frozenset(Role(role) for role in user.roles))


@dataclass(frozen=True, slots=True)
class Link:
    """One page of the navigation: the `section` that its pages name, the name of its address, and its label."""

    section: str
    address: str
    label: Promise


LINKS = (
    Link("reviews", "reviews:queue", gettext_lazy("Reviews")),
    Link("links", "reports:links", gettext_lazy("Links")),
    Link("platforms", "organisations:applications", gettext_lazy("Platforms")),
    Link("proposals", "proposals:proposals", gettext_lazy("Proposals")),
    Link("figures", "figures:dashboard", gettext_lazy("Figures")),
    Link("alarms", "alarms:alarms", gettext_lazy("Alarms")),
    Link("log", "log", gettext_lazy("Logs")),
    Link("records", "admin:index", gettext_lazy("Records")),
    Link("benign", "upkeep:benign", gettext_lazy("Benign list")),
    Link("settings", "upkeep:settings", gettext_lazy("Settings")),
    Link("pages", "guidance:desk", gettext_lazy("Pages")),
    Link("people", "staff_people", gettext_lazy("People")),
    Link("you", "staff_you", gettext_lazy("You")),
)


def links_for(actor: Actor) -> list[Link]:
    """Give the pages this person's roles open, by the doors of the pages themselves."""
    return [link for link in LINKS if _opens(link.address, actor)]


@dataclass(frozen=True, slots=True)
class Colleague:
    """One account as an administrator sees it."""

    account: Account
    roles: list[Role]
    has_app: bool
    is_self: bool


def account_of(actor: Actor) -> Account:
    """Give the account of who acts."""
    return accounts.account_of(actor)


def member_referred(reference: UUID) -> Account:
    """Give the member of staff of this reference. Raises NotFound, for a platform's people too."""
    account = accounts.members_of_staff().filter(reference=reference).first()
    if account is None:
        raise NotFound("There is nobody on the staff at this address.")
    return account


def joining(session: MutableMapping[str, Any]) -> Account | None:
    """Give who is on the way in by an invitation; None for anybody who has an app already, or is disabled."""
    reference = session.get(JOINING)
    if reference is None:
        return None
    account = accounts.account_referred(reference)
    has_app, _ = accounts.factors_of(account)
    return None if has_app or not account.is_active else account


def factors_of(actor: Actor) -> tuple[bool, int]:
    """Tell whether somebody has an app, and how many recovery codes are left."""
    return accounts.factors_of(accounts.account_of(actor))


def appoints(actor: Actor) -> bool:
    """Tell whether somebody looks after people."""
    return Role.ADMINISTRATOR in actor.roles


def people(actor: Actor) -> list[Colleague]:
    """Give everybody on the staff, by e-mail address."""
    return [
        Colleague(account, [Role(role) for role in account.roles], has_app, str(account.reference) == actor.reference)
        for account, has_app in accounts.members_with_factors()
    ]


def picture_of(account: Account, secret: str) -> str:
    """Give the QR code an authenticator app reads (otpauth), as an SVG in a data address: it goes through no file."""
    label = quote(f"{ISSUER}:{account.email}")
    address = f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': ISSUER})}"
    image = qrcode.make(address, image_factory=SvgPathFillImage, box_size=12)
    return "data:image/svg+xml;base64," + b64encode(image.to_string()).decode()


def _opens(address: str, actor: Actor) -> bool:
    path = reverse(address).removeprefix(get_script_prefix())
    door = doors.door_of(resolve(f"/{path}").func)
    return door is not None and not actor.roles.isdisjoint(door.roles)
