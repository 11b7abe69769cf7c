"""Read accounts."""

import math
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from registry.access.actors import Actor, Role
from registry.access.refusals import NotFound
from registry.accounts import rules
from registry.accounts.models import Account, CodeDevice, Invitation, Passkey, RecoveryCode, RecoveryDevice

SIGNED_IN_AT = "signed_in_at"
PROVED_AT = "proved_at"
"""In the session: when the person last proved themselves, by a code or a passkey."""


def members_of_staff() -> QuerySet[Account]:
    """Give the accounts that have a role here, by e-mail address. A platform's people have none."""
    return Account.objects.exclude(roles=[]).order_by("email")


def members_with_factors() -> list[tuple[Account, bool]]:
    """Give everybody on the staff, by e-mail address, and whether they have an authenticator app."""
    enrolled = set(CodeDevice.objects.filter(confirmed=True).values_list("user_id", flat=True))
    return [(account, account.pk in enrolled) for account in members_of_staff()]


def holders_of(*roles: Role) -> QuerySet[Account]:
    """Give the active accounts that hold any of these roles, by e-mail address."""
    return members_of_staff().filter(is_active=True, roles__overlap=[role.value for role in roles])


def account_named(email: str) -> Account | None:
    """Give the account with this address, in whatever case it is written."""
    return Account.objects.filter(email__iexact=email.strip()).first()


def account_referred(reference: str) -> Account:
    """Give the account of this reference. Raises NotFound."""
    account = Account.objects.filter(reference=reference).first()
    if account is None:
        raise NotFound("There is no account at this address.")
    return account


def addresses_of(references: Iterable[str | None]) -> dict[str, str]:
    """Give the e-mail addresses of people by their references; what is no account's reference is passed by."""
    known = {reference for reference in references if reference and _is_reference(reference)}
    found = Account.objects.filter(reference__in=known) if known else Account.objects.none()
    return {str(account.reference): account.email for account in found}


def addresses_with(role: Role) -> list[str]:
    """Give the mail addresses of the staff who hold a role now."""
    return [account.email for account in members_of_staff() if account.is_active and role.value in account.roles]


def lock(account: Account) -> Account:
    """Give the account as it is now, locked until the transaction ends."""
    return Account.objects.select_for_update().get(pk=account.pk)


def other_administrators(account: Account) -> int:
    """Count the active administrators besides this one, locked, so that two cannot both remove the other."""
    administrators = Account.objects.filter(is_active=True, roles__contains=[Role.ADMINISTRATOR])
    return len(administrators.select_for_update().exclude(pk=account.pk))


def lock_invitation(email: str) -> Invitation | None:
    """Give the invitation that waits for this address, locked."""
    found = Invitation.objects.select_for_update().filter(account__email__iexact=email.strip())
    return found.select_related("account").first()


def factors_of(account: Account) -> tuple[bool, int]:
    """Tell whether the account has an authenticator app, and how many recovery codes are left."""
    codes = RecoveryCode.objects.filter(device__user=account).count()
    return CodeDevice.objects.filter(user=account, confirmed=True).exists(), codes


def passkeys_of(account: Account) -> QuerySet[Passkey]:
    """Give a person's passkeys, in the order they were added."""
    return Passkey.objects.filter(user=account).order_by("pk")


def passkeys_referred(account: Account, reference: str) -> QuerySet[Passkey]:
    """Give the one of a person's own passkeys that has this reference, if there is one."""
    own = passkeys_of(account)
    return own.filter(reference=reference) if _is_reference(reference) else own.none()


def passkey_question(account: Account, site: rules.Site) -> str:
    """Give what a browser needs to have one of a person's passkeys answer; empty for who has none."""
    known = [bytes(each) for each in passkeys_of(account).values_list("credential_id", flat=True)]
    return rules.passkey_question(known, site) if known else ""


def passkey_offer(account: Account, site: rules.Site) -> str:
    """Give what a browser needs to make a person another passkey."""
    known = [bytes(each) for each in passkeys_of(account).values_list("credential_id", flat=True)]
    return rules.passkey_offer(account.email, account.reference.bytes, known, site)


def lock_passkey(account: Account, credential_id: bytes) -> Passkey | None:
    """Give a person's own passkey of this id, locked until the transaction ends."""
    return passkeys_of(account).select_for_update().filter(credential_id=credential_id).first()


def is_in_time(session: Mapping[str, Any]) -> bool:
    """Tell whether a session may still last, however busy it was."""
    signed_in_at: float = session.get(SIGNED_IN_AT, 0)
    return 0 <= time.time() - signed_in_at <= settings.SESSION_LONGEST_SECONDS


def is_fresh(session: Mapping[str, Any]) -> bool:
    """Tell whether the person proved themselves a moment ago, so that what is most sensitive may be done."""
    proved_at: float = session.get(PROVED_AT, 0)
    return 0 <= time.time() - proved_at <= settings.STEP_UP_SECONDS


def account_of(actor: Actor) -> Account:
    """Give the account of a member of staff who acts."""
    return Account.objects.get(reference=actor.reference)


def lock_code_device(account: Account) -> CodeDevice | None:
    """Give the account's authenticator app, locked until the transaction ends, so that a code counts once."""
    return CodeDevice.objects.select_for_update().filter(user=account, confirmed=True).first()


def lock_recovery_device(account: Account) -> RecoveryDevice | None:
    """Give the account's sheet of recovery codes, locked until the transaction ends."""
    return RecoveryDevice.objects.select_for_update().filter(user=account, confirmed=True).first()


def seconds_to_wait(device: CodeDevice | RecoveryDevice) -> int:
    """Give how long earlier failures still close this device; 0 when it is open."""
    is_open, details = device.verify_is_allowed()  # type: ignore[no-untyped-call]  # django-otp has no types
    if is_open:
        return 0
    until: datetime = details["locked_until"]
    return max(1, math.ceil((until - timezone.now()).total_seconds()))


def _is_reference(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
