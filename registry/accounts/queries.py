"""Read accounts."""

import math
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from registry.access.actors import Actor
from registry.accounts.models import Account, CodeDevice, RecoveryDevice


def members_of_staff() -> QuerySet[Account]:
    """Give every account, by e-mail address."""
    return Account.objects.order_by("email")


def account_named(email: str) -> Account | None:
    """Give the account with this address, in whatever case it is written."""
    return Account.objects.filter(email__iexact=email.strip()).first()


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
