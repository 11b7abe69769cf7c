"""Fill an empty demonstration: two organisations with keys, and staff who can sign in."""

import json
import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from partners.keys import actions as keys
from partners.organisations import actions as organisations
from partners.organisations import queries
from partners.organisations.models import Organisation
from registry.access.actors import Actor, PersonRole, Role, Scope, system
from registry.accounts import actions as accounts

ORGANISATIONS = ("Lantern Social", "Harbour Video")
STAFF = (
    ("reviewer@demo.invalid", Role.REVIEWER),
    ("administrator@demo.invalid", Role.ADMINISTRATOR),
    ("senior@demo.invalid", Role.SENIOR_REVIEWER),
    ("partners@demo.invalid", Role.PARTNER_MANAGER),
    ("auditor@demo.invalid", Role.AUDITOR),
)


class Command(BaseCommand):
    """Make the demonstration once; write its credentials to DATA_DIR/demo.json, for the owner's eyes only."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Do nothing where there are organisations already."""
        if settings.PRODUCTION:
            raise CommandError("A demonstration is never put into production.")
        if queries.members().exists():
            return
        path = settings.DATA_DIR / "demo.json"
        with transaction.atomic():
            demo = make_demo(system("demonstration"))
            write_private(path, json.dumps(demo, indent=2) + "\n")
        self.stdout.write(json.dumps(demo, indent=2))
        self.stdout.write(f"These credentials are shown once and kept in {path}")


def make_demo(actor: Actor) -> dict[str, list[dict[str, Any]]]:
    """Make the organisations and staff; give their credentials."""
    return {
        "organisations": [make_organisation(name, actor) for name in ORGANISATIONS],
        "staff": [make_staff(email, role, actor) for email, role in STAFF],
    }


def make_organisation(name: str, actor: Actor) -> dict[str, Any]:
    """Add one organisation with one key, which every dialect takes."""
    organisation = organisations.add_organisation(name, actor=actor)
    key, secret = keys.issue_key(organisation, list(Scope), actor=actor)
    return {
        "name": name,
        "member_id": organisation.member_id,
        "key": secret,
        "ncmec_username": key.name,
        "ncmec_password": secret,
        "stopncii_subscription_key": key.name,
        "stopncii_function_key": secret,
        "owner": make_owner(organisation, actor),
    }


def make_owner(organisation: Organisation, actor: Actor) -> dict[str, str]:
    """Have one person join an organisation as its owner; they sign in at /platforms/."""
    email = f"owner{organisation.member_id}@demo.invalid"
    password = secrets.token_urlsafe(18)
    invitation = organisations.invite_person(organisation, email, PersonRole.OWNER.value, actor=actor)
    _, totp_secret, _ = organisations.accept_invitation(invitation, password)
    return {"email": email, "password": password, "totp_secret": totp_secret}


def make_staff(email: str, role: Role, actor: Actor) -> dict[str, str]:
    """Add one member of staff with a password and a second factor."""
    password = secrets.token_urlsafe(18)
    account = accounts.add_account(email, password, [role], actor=actor)
    return {
        "email": email,
        "password": password,
        "totp_secret": accounts.enrol_totp(account, actor=actor),
        "role": role.value,
    }


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
