"""Change accounts, and let people in: one atomic verb each."""

import hmac
import time
from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from registry.access import actors, sealing
from registry.access.actors import Actor, ActorKind, Role
from registry.access.refusals import Invalid, Refused
from registry.accounts import notices, queries, rules
from registry.accounts.models import Account, CodeDevice, Invitation, Passkey, RecoveryCode, RecoveryDevice
from registry.accounts.rules import Answer
from registry.accounts.states import Factor, RefusalReason
from registry.log import actions as log
from registry.log.events import Event

SIGN_IN = actors.system("sign-in")
CodeFactor = CodeDevice | RecoveryDevice
Proof = str | Answer
"""A code of an app or a sheet, or what a passkey answered."""


@transaction.atomic
def add_account(email: str, password: str, roles: Iterable[str], *, actor: Actor) -> Account:
    """Add a member of staff. They cannot sign in before they have a second factor."""
    return _add(email, password, rules.check_roles(list(roles)), actor)


@transaction.atomic
def add_person(email: str, password: str, *, actor: Actor) -> Account:
    """Add a person who holds no role among staff: one of a platform's people."""
    return _add(email, password, [], actor)


@transaction.atomic
def renew_person(account: Account, password: str, *, actor: Actor) -> Account:
    """Let a person whose place at a platform had ended begin anew; what they had opens nothing any more."""
    account = queries.lock(account)
    _set_password(account, password)
    account.save(update_fields=["password"])
    _forget_factors(account)
    log.record(Event.ACCOUNT_RENEW, actor=actor, subject=_subject(account))
    return account


@transaction.atomic
def invite_account(email: str, roles: Iterable[str], *, join_address: str, actor: Actor) -> Account:
    """Add a person who cannot sign in before they join at `join_address`. The code goes to their own mail alone."""
    rules.check_administers(actor)
    if queries.account_named(email):
        raise Refused("There is an account with this address already.")
    account = Account(email=email.strip().lower(), roles=rules.check_roles(list(roles)))
    account.set_unusable_password()
    account.save()
    _invite(account, join_address)
    log.record(Event.ACCOUNT_ADD, actor=actor, subject=_subject(account), data={"roles": account.roles})
    return account


@transaction.atomic
def reinvite_account(account: Account, *, join_address: str, actor: Actor) -> None:
    """Let a person who lost password or phone begin anew; what they had opens nothing any more."""
    rules.check_administers(actor)
    rules.check_not_oneself(actor, str(account.reference))
    account = queries.lock(account)
    account.set_unusable_password()
    account.save(update_fields=["password"])
    _forget_factors(account)
    _invite(account, join_address)
    log.record(Event.ACCOUNT_INVITE, actor=actor, subject=_subject(account))


@transaction.atomic
def join(email: str, code: str, password: str) -> Account:
    """Take up an invitation: choose a password. The code counts once. An app is enrolled next, by the person alone."""
    invitation = queries.lock_invitation(email)
    digest = bytes(invitation.digest) if invitation else bytes(32)
    is_right = hmac.compare_digest(digest, rules.digest(code))
    expires_at = invitation.expires_at if invitation else None
    rules.check_invitation(is_right, expires_at, timezone.now())
    account = queries.lock(invitation.account)  # type: ignore[union-attr]  # checked one line above
    _set_password(account, password)
    account.save(update_fields=["password"])
    invitation.delete()  # type: ignore[union-attr]  # as above
    themselves = Actor(ActorKind.STAFF, str(account.reference))
    log.record(Event.ACCOUNT_JOIN, actor=themselves, subject=_subject(account))
    return account


@transaction.atomic
def set_roles(account: Account, roles: Iterable[str], *, actor: Actor) -> Account:
    """Give an account other roles, from its next request on."""
    rules.check_administers(actor)
    rules.check_not_oneself(actor, str(account.reference))
    wanted = rules.check_roles(list(roles))
    others = queries.other_administrators(account)
    account = queries.lock(account)
    if account.roles != wanted:
        loses = Role.ADMINISTRATOR in account.roles and Role.ADMINISTRATOR not in wanted
        rules.check_keeps_an_administrator(others, loses)
        account.roles = wanted
        account.save(update_fields=["roles"])
        log.record(Event.ACCOUNT_SET_ROLES, actor=actor, subject=_subject(account), data={"roles": wanted})
    return account


@transaction.atomic
def disable_account(account: Account, *, actor: Actor) -> None:
    """End an account; its next request is refused."""
    rules.check_administers(actor)
    rules.check_not_oneself(actor, str(account.reference))
    rules.check_keeps_an_administrator(queries.other_administrators(account), Role.ADMINISTRATOR in account.roles)
    if Account.objects.filter(pk=account.pk, is_active=True).update(is_active=False):
        log.record(Event.ACCOUNT_DISABLE, actor=actor, subject=_subject(account))


def offer_totp(account: Account) -> str:
    """Give a new secret, sealed, for an authenticator app that counts only once it is confirmed."""
    return _seal(account, rules.new_secret()).decode()


def shown_offer(account: Account, sealed: str) -> str:
    """Give the secret of an offer in base 32 again, to its owner."""
    return rules.shown_secret(_unseal(account, sealed.encode()))


@transaction.atomic
def confirm_totp(account: Account, sealed: str, code: str, *, actor: Actor) -> CodeDevice:
    """Enrol the app that was offered, once it shows the right code. Gives it: sessions of the one before end."""
    secret = _unseal(account, sealed.encode())
    code = rules.tidy_code(code)
    if not rules.is_app_code(code) or rules.accepted_step(secret, code, time.time(), -1) is None:
        raise Invalid("This is not the code the app should show now. Wait for the next one and try again.")
    return _enrol(account, secret, actor)


@transaction.atomic
def enrol_totp(account: Account, *, actor: Actor) -> str:
    """Give the account a new authenticator app in place of any other. Returns the secret in base 32, once."""
    secret = rules.new_secret()
    _enrol(account, secret, actor)
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
def enrol_passkey(account: Account, answer: Answer, name: str, *, actor: Actor) -> Passkey:
    """Give the account one more passkey, once it answers the offer that was made."""
    rules.check_enrols_self(actor, str(account.reference))
    account = queries.lock(account)
    made = rules.check_new_passkey(answer, queries.passkeys_of(account).count(), name.strip())
    passkey: Passkey = Passkey.objects.create(
        user=account,
        name=name.strip(),
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        added_on=timezone.now().date(),
    )
    data = {"factor": Factor.PASSKEY.value}
    log.record(Event.ACCOUNT_ENROL, actor=actor, subject=_subject(account), data=data)
    return passkey


@transaction.atomic
def remove_passkey(reference: str, *, actor: Actor) -> None:
    """Let one of one's own passkeys open nothing any more. Again, or another's, changes nothing."""
    account = queries.account_of(actor)
    if queries.passkeys_referred(account, reference).delete()[0]:
        data = {"factor": Factor.PASSKEY.value}
        log.record(Event.ACCOUNT_REMOVE_FACTOR, actor=actor, subject=_subject(account), data=data)


@transaction.atomic
def sign_in(account: Account, proof: Proof) -> CodeFactor | Passkey | None:
    """Let a person in whose password was right, by a code or a passkey. Returns the device; None when it is wrong.

    A code counts once. Wrong ones close the device for 1, 2, 4, 8 … seconds; a try in that time is `Refused`.
    """
    return _prove(account, proof, Event.ACCOUNT_SIGN_IN)


@transaction.atomic
def step_up(proof: Proof, *, actor: Actor) -> bool:
    """Have a person who is in prove themselves again; tell whether the code, or the passkey's answer, was right."""
    account = queries.account_of(actor)
    return _prove(account, proof, Event.ACCOUNT_STEP_UP) is not None


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


def _enrol(account: Account, secret: bytes, actor: Actor) -> CodeDevice:
    rules.check_enrols_self(actor, str(account.reference))
    sealed = _seal(account, secret)
    CodeDevice.objects.filter(user=account).delete()
    device: CodeDevice = CodeDevice.objects.create(user=account, name=Factor.APP.value, sealed_secret=sealed)
    log.record(Event.ACCOUNT_ENROL, actor=actor, subject=_subject(account), data={"factor": Factor.APP.value})
    return device


def _prove(account: Account, proof: Proof, event: Event) -> CodeFactor | Passkey | None:
    is_passkey = isinstance(proof, Answer)
    device: CodeFactor | Passkey | None = None
    if account.is_active:
        device = _passkey_behind(account, proof) if isinstance(proof, Answer) else _code_behind(account, proof)
    if device is None:
        reason = RefusalReason.PASSKEY if is_passkey else RefusalReason.CODE
        log.record(Event.ACCOUNT_REFUSE, actor=SIGN_IN, subject=_subject(account), data={"reason": reason.value})
        return None
    kind = ActorKind.STAFF if account.roles else ActorKind.PARTNER
    log.record(event, actor=Actor(kind, str(account.reference)), subject=_subject(account))
    return device


def _code_behind(account: Account, code: str) -> CodeFactor | None:
    code = rules.tidy_code(code)
    device = queries.lock_code_device(account) if rules.is_app_code(code) else queries.lock_recovery_device(account)
    if device is None:
        return None
    rules.check_wait(queries.seconds_to_wait(device))
    if not _accepts(device, account, code):
        device.throttle_increment()  # type: ignore[no-untyped-call]  # django-otp has no types
        return None
    device.throttle_reset()  # type: ignore[no-untyped-call]  # django-otp has no types
    return device


def _passkey_behind(account: Account, answer: Answer) -> Passkey | None:
    passkey = queries.lock_passkey(account, rules.answering_passkey(answer))
    if passkey is None:
        return None
    count = rules.accepted_count(answer, bytes(passkey.public_key), passkey.sign_count)
    if count is None:
        return None
    passkey.sign_count = count
    passkey.save(update_fields=["sign_count"])
    return passkey


def _accepts(device: CodeFactor, account: Account, code: str) -> bool:
    if isinstance(device, RecoveryDevice):
        deleted, _ = RecoveryCode.objects.filter(device=device, digest=rules.digest(code)).delete()
        return deleted == 1
    secret = _unseal(account, bytes(device.sealed_secret))
    step = rules.accepted_step(secret, code, time.time(), device.last_step)
    if step is not None:
        device.last_step = step
    return step is not None


def _forget_factors(account: Account) -> None:
    for kind in (CodeDevice, RecoveryDevice, Passkey):
        kind.objects.filter(user=account).delete()


def _add(email: str, password: str, roles: list[str], actor: Actor) -> Account:
    account = Account(email=email.strip().lower(), roles=roles)
    if queries.account_named(email):
        raise Refused("There is an account with this address already.")
    _set_password(account, password)
    account.save()
    log.record(Event.ACCOUNT_ADD, actor=actor, subject=_subject(account), data={"roles": account.roles})
    return account


def _invite(account: Account, join_address: str) -> None:
    code = rules.new_invitation()
    expires_at = timezone.now() + rules.INVITATION_LIFETIME
    fresh = {"digest": rules.digest(code), "expires_at": expires_at}
    Invitation.objects.update_or_create(account=account, defaults=fresh)
    notices.send_invitation(account, code, join_address)


def _seal(account: Account, secret: bytes) -> bytes:
    return sealing.seal(secret, owner=account.reference.bytes, keys=settings.FIELD_ENCRYPTION_KEYS)


def _unseal(account: Account, sealed: bytes) -> bytes:
    return sealing.unseal(sealed, owner=account.reference.bytes, keys=settings.FIELD_ENCRYPTION_KEYS)


def _set_password(account: Account, password: str) -> None:
    try:
        password_validation.validate_password(password, account)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages)) from error
    account.set_password(password)


def _subject(account: Account) -> str:
    return f"account:{account.reference}"
