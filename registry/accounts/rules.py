"""Who may hold an account, and when a code proves it. Takes values, raises Refused; no Django."""

import json
import re
import secrets
from base64 import b32encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import webauthn
from django_otp.oath import TOTP
from webauthn.helpers import base64url_to_bytes, options_to_json, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from registry.access.actors import Actor, ActorKind, Role
from registry.access.refusals import Invalid, NotAllowed, Refused

SECRET_SIZE = 20
STEP_SECONDS = 30
TOLERANCE = 1
"""Steps a clock may be off, either way."""
SHEET_LENGTH = 10
INVITATION_LIFETIME = timedelta(days=3)
RECOVERY_SIZE = 10  # bytes: 80 bits, 16 letters
MOST_PASSKEYS = 10
LONGEST_NAME = 40
SERVICE = "Take It Down"

_APP_CODE = re.compile(r"^[0-9]{6}$")


def check_roles(roles: Iterable[str]) -> list[str]:
    """Give the roles in one order. Refuses an unknown role, and an account without any."""
    known = sorted({role for role in roles if role in set(Role)})
    unknown = set(roles) - set(known)
    if unknown or not known:
        raise Invalid(f"Give at least one of these roles: {', '.join(Role)}.")
    for alone in (Role.AUDITOR, Role.ADMINISTRATOR):
        if alone in known and len(known) > 1:
            raise Invalid(f"Somebody who is {alone} holds no other role: who watches or appoints does not decide.")
    return [str(role) for role in known]


def check_administers(actor: Actor) -> None:
    """Refuse to look after people to anybody but an administrator, or the machine that sets the service up."""
    if actor.kind is not ActorKind.SYSTEM and Role.ADMINISTRATOR not in actor.roles:
        raise NotAllowed("Only an administrator looks after people.")


def check_not_oneself(actor: Actor, reference: str) -> None:
    """Refuse an administrator who would change their own account."""
    if actor.reference == reference:
        raise NotAllowed("Nobody changes their own account. Ask another administrator.")


def check_keeps_an_administrator(others: int, is_administrator: bool) -> None:
    """Refuse to leave the service without an administrator."""
    if is_administrator and not others:
        raise Refused("This is the last administrator. Make another one first.")


def check_invitation(is_right: bool, expires_at: datetime | None, now: datetime) -> None:
    """Refuse an invitation that is wrong, used or too old, in the same words."""
    if not is_right or expires_at is None or expires_at < now:
        raise Invalid("This address and code do not fit, or the invitation is too old. Ask for a new one.")


def new_invitation() -> str:
    """Make the code of an invitation, four groups of four letters (80 bits)."""
    return new_sheet()[0]


def check_enrols_self(actor: Actor, reference: str) -> None:
    """Refuse a person who would enrol a second factor for somebody else."""
    is_person = actor.kind is ActorKind.STAFF or actor.person_role is not None
    if actor.kind is not ActorKind.SYSTEM and not (is_person and actor.reference == reference):
        raise NotAllowed("Only the person themselves can enrol their second factor.")


def check_wait(seconds: int) -> None:
    """Refuse a try while earlier failures still ask for a pause of `seconds`."""
    if seconds > 0:
        unit = "second" if seconds == 1 else "seconds"
        raise Refused(f"Too many wrong codes. Wait {seconds} {unit}, then try a new one.")


def is_app_code(code: str) -> bool:
    """Tell a code of an authenticator app, six digits, from a recovery code."""
    return bool(_APP_CODE.match(code))


def tidy_code(code: str) -> str:
    """Take out the spaces and hyphens a code is shown or pasted with."""
    return re.sub(r"[\s-]", "", code).upper()


def new_secret() -> bytes:
    """Make the secret of an authenticator app."""
    return secrets.token_bytes(SECRET_SIZE)


def shown_secret(secret: bytes) -> str:
    """Give the secret as authenticator apps take it, base 32 without padding."""
    return b32encode(secret).decode().rstrip("=")


def accepted_step(secret: bytes, code: str, now: float, last_step: int) -> int | None:
    """Give the time step whose code this is; None when it is wrong, too old, or was accepted before."""
    totp = TOTP(secret, step=STEP_SECONDS, digits=6)
    totp.time = now
    return int(totp.t()) if totp.verify(int(code), TOLERANCE, last_step + 1) else None


def new_sheet() -> list[str]:
    """Make a sheet of recovery codes, each four groups of four letters."""
    codes = (b32encode(secrets.token_bytes(RECOVERY_SIZE)).decode() for _ in range(SHEET_LENGTH))
    return ["-".join(code[i : i + 4] for i in range(0, 16, 4)) for code in codes]


def digest(recovery_code: str) -> bytes:
    """Give what is stored of a recovery code."""
    return sha256(tidy_code(recovery_code).encode()).digest()


@dataclass(frozen=True, slots=True)
class Site:
    """Where a passkey counts: under this host name, on pages of this origin. On any other it is no answer."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a passkey answered, and the question it was asked: both as browsers write them, in JSON."""

    text: str
    question: str
    site: Site

    @property
    def challenge(self) -> bytes:
        """The random bytes the answer must have signed; none for whoever was asked nothing."""
        return base64url_to_bytes(json.loads(self.question)["challenge"]) if self.question else b""


def passkey_offer(email: str, handle: bytes, known: Iterable[bytes], site: Site) -> str:
    """Give what a browser needs to make a new passkey, on a device that holds none of the known ones."""
    return options_to_json(
        webauthn.generate_registration_options(
            rp_id=site.host,
            rp_name=SERVICE,
            user_name=email,
            user_id=handle,
            exclude_credentials=[PublicKeyCredentialDescriptor(id=each) for each in known],
            # Where it can be kept by the device, it comes along to the person's next one.
            authenticator_selection=AuthenticatorSelectionCriteria(resident_key=ResidentKeyRequirement.PREFERRED),
        )
    )


def passkey_question(known: Iterable[bytes], site: Site) -> str:
    """Give what a browser needs to have one of the known passkeys answer."""
    descriptors = [PublicKeyCredentialDescriptor(id=each) for each in known]
    return options_to_json(webauthn.generate_authentication_options(rp_id=site.host, allow_credentials=descriptors))


def check_new_passkey(answer: Answer, held: int, name: str) -> VerifiedRegistration:
    """Give the new passkey. Refuses one that does not answer the offer, one without a name, and one too many."""
    if held >= MOST_PASSKEYS:
        raise Refused(f"You have {held} passkeys, and {MOST_PASSKEYS} are the most. Remove one first.")
    if not 0 < len(name) <= LONGEST_NAME:
        raise Invalid(f"Give the passkey a name of at most {LONGEST_NAME} letters.")
    try:
        return webauthn.verify_registration_response(
            credential=answer.text,
            expected_challenge=answer.challenge,
            expected_rp_id=answer.site.host,
            expected_origin=answer.site.origin,
        )
    except WebAuthnException as error:
        raise Invalid("This passkey could not be added. Load the page again and try once more.") from error


def answering_passkey(answer: Answer) -> bytes:
    """Give the id of the passkey that answered; empty when this is no answer of a passkey."""
    try:
        return parse_authentication_credential_json(answer.text).raw_id
    except WebAuthnException:
        return b""


def accepted_count(answer: Answer, public_key: bytes, sign_count: int) -> int | None:
    """Give how often the passkey has signed by now; None when it did not sign this question, here, or is a copy."""
    try:
        return webauthn.verify_authentication_response(
            credential=answer.text,
            expected_challenge=answer.challenge,
            expected_rp_id=answer.site.host,
            expected_origin=answer.site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
        ).new_sign_count
    except WebAuthnException:
        return None
