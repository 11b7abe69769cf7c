"""Change accounts, and let people in: one atomic verb each."""

import time
from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import transaction

from registry.access import actors, sealing
from registry.access.actors import Actor, ActorKind
from registry.access.refusals import Invalid, Refused
from registry.accounts import queries, rules
from registry.accounts.models import Account, CodeDevice, RecoveryCode, RecoveryDevice
from registry.accounts.states import Factor, RefusalReason
from registry.log import actions as log
from registry.log.events import Event

SIGN_IN = actors.system("sign-in")
Device = CodeDevice | RecoveryDevice


@transaction.atomic
def add_account(email: str, password: str, roles: Iterable[str], *, actor: Actor) -> Account:
    """Add a member of staff. They cannot sign in before they have a second factor."""
    return _add(email, password, rules.check_roles(list(roles)), actor)


@transaction.atomic
def add_person(email: str, password: str, *, actor: Actor) -> Account:
    """Add a person who holds no role among staff: one of a platform's people."""
    return _add(email, password, [], actor)


@transaction.atomic
def disable_account(account: Account, *, actor: Actor) -> None:
    """End an account; its next request is refused."""
    if Account.objects.filter(pk=account.pk, is_active=True).update(is_active=False):
        log.record(Event.ACCOUNT_DISABLE, actor=actor, subject=_subject(account))


@transaction.atomic
def enrol_totp(account: Account, *, actor: Actor) -> str:
    """Give the account a new authenticator app in place of any other. Returns the secret in base 32, once."""
    rules.check_enrols_self(actor, str(account.reference))
    secret = rules.new_secret()
    sealed = sealing.seal(secret, owner=account.reference.bytes, keys=settings.FIELD_ENCRYPTION_KEYS)
    CodeDevice.objects.filter(user=account).delete()
    CodeDevice.objects.create(user=account, name=Factor.APP.value, sealed_secret=sealed)
    log.record(Event.ACCOUNT_ENROL, actor=actor, subject=_subject(account), data={"factor": Factor.APP.value})
    return rules.shown_secret(secret)


@transaction.atomic
def enrol_recovery_codes(account: Account, *, actor: Actor) -> list[str]:
    """Give the account a new sheet of recovery codes in place of any other. Returns the codes, once."""
    rules.check_enrols_self(actor, str(account.reference))
    sheet = rules.new_sheet()
    RecoveryDevice.objects.filter(user=account).delete()
    device = RecoveryDevice.objects.create(user=account, name=Factor.RECOVERY_CODES.value)
    RecoveryCode.objects.bulk_create(RecoveryCode(device=device, digest=rules.digest(code)) for code in sheet)
    data = {"factor": Factor.RECOVERY_CODES.value}
    log.record(Event.ACCOUNT_ENROL, actor=actor, subject=_subject(account), data=data)
    return sheet


@transaction.atomic
def sign_in(account: Account, code: str) -> Device | None:
    """Let a person in whose password was right, by a code of their app or sheet. Returns the device; None when wrong.

    A code counts once. Wrong ones close the device for 1, 2, 4, 8 … seconds; a try in that time is `Refused`.
    """
    return _prove(account, code, Event.ACCOUNT_SIGN_IN)


@transaction.atomic
def step_up(code: str, *, actor: Actor) -> bool:
    """Have a person who is in prove themselves again; tell whether the code was right."""
    account = queries.account_of(actor)
    return _prove(account, code, Event.ACCOUNT_STEP_UP) is not None


@transaction.atomic
def refuse_password(email: str) -> None:
    """Record that somebody was not let in by password. The same work whether the address is known or not."""
    account = queries.account_named(email)
    subject = _subject(account) if account else "account:unknown"
    log.record(Event.ACCOUNT_REFUSE, actor=SIGN_IN, subject=subject, data={"reason": RefusalReason.PASSWORD.value})


@transaction.atomic
def sign_out(*, actor: Actor) -> None:
    """Record that a person left."""
    log.record(Event.ACCOUNT_SIGN_OUT, actor=actor, subject=f"account:{actor.reference}")


def _prove(account: Account, code: str, event: Event) -> Device | None:
    code = rules.tidy_code(code)
    device: Device | None = None
    if account.is_active:
        device = queries.lock_code_device(account) if rules.is_app_code(code) else queries.lock_recovery_device(account)
    if device is not None:
        rules.check_wait(queries.seconds_to_wait(device))
        if _accepts(device, account, code):
            device.throttle_reset()  # type: ignore[no-untyped-call]  # django-otp has no types
            log.record(event, actor=Actor(ActorKind.STAFF, str(account.reference)), subject=_subject(account))
            return device
        device.throttle_increment()  # type: ignore[no-untyped-call]  # django-otp has no types
    data = {"reason": RefusalReason.CODE.value}
    log.record(Event.ACCOUNT_REFUSE, actor=SIGN_IN, subject=_subject(account), data=data)
    return None


def _accepts(device: Device, account: Account, code: str) -> bool:
    if isinstance(device, RecoveryDevice):
        deleted, _ = RecoveryCode.objects.filter(device=device, digest=rules.digest(code)).delete()
        return deleted == 1
    keys = settings.FIELD_ENCRYPTION_KEYS
    secret = sealing.unseal(bytes(device.sealed_secret), owner=account.reference.bytes, keys=keys)
    step = rules.accepted_step(secret, code, time.time(), device.last_step)
    if step is not None:
        device.last_step = step
    return step is not None


def _add(email: str, password: str, roles: list[str], actor: Actor) -> Account:
    account = Account(email=email.strip().lower(), roles=roles)
    if queries.account_named(email):
        raise Refused("There is an account with this address already.")
    _set_password(account, password)
    account.save()
    log.record(Event.ACCOUNT_ADD, actor=actor, subject=_subject(account), data={"roles": account.roles})
    return account


def _set_password(account: Account, password: str) -> None:
    try:
        password_validation.validate_password(password, account)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages)) from error
    account.set_password(password)


def _subject(account: Account) -> str:
    return f"account:{account.reference}"
