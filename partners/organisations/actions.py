"""Change organisations and their people: one atomic verb each."""

from collections.abc import Collection, Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from partners.organisations import notices, queries, rules
from partners.organisations.models import Application, Invitation, Membership, Organisation
from partners.organisations.states import AGREEMENT_VERSION, ApplicationState
from registry.access.actors import Actor, PersonRole, system
from registry.accounts import actions as accounts
from registry.log import actions as log
from registry.log.events import Event


@transaction.atomic
def add_organisation(name: str, *, is_active: bool = True, actor: Actor) -> Organisation:
    """Add a platform and its sandbox, each with a member id. It can have live keys once it is active."""
    activated_on = timezone.now().date() if is_active else None
    organisation = Organisation.objects.create(name=name, member_id=queries.next_member_id(), activated_on=activated_on)
    Organisation.objects.create(name=f"{name} (sandbox)", member_id=queries.next_member_id(), sandbox_of=organisation)
    log.record(Event.ORGANISATION_ADD, actor=actor, subject=f"organisation:{organisation.reference}")
    return organisation


@transaction.atomic
def suspend_organisation(organisation: Organisation, *, proposed_by: str, actor: Actor) -> None:
    """Let none of a platform's keys open a door, as the second person, from the next request on."""
    rules.check_second_person(proposed_by, actor.reference)
    today = timezone.now().date()
    if Organisation.objects.filter(pk=organisation.pk, suspended_on=None).update(suspended_on=today):
        log.record(Event.ORGANISATION_SUSPEND, actor=actor, subject=f"organisation:{organisation.reference}")


@transaction.atomic
def reinstate_organisation(organisation: Organisation, *, proposed_by: str, actor: Actor) -> None:
    """Let a suspended platform's keys open doors again, as the second person."""
    rules.check_second_person(proposed_by, actor.reference)
    if Organisation.objects.filter(pk=organisation.pk, suspended_on__isnull=False).update(suspended_on=None):
        log.record(Event.ORGANISATION_REINSTATE, actor=actor, subject=f"organisation:{organisation.reference}")


@transaction.atomic
def pause_whole_reads(organisation: Organisation, *, actor: Actor) -> None:
    """Let a platform begin the list anew no more, until staff have looked into why it does. Its people are told."""
    today = timezone.now().date()
    if Organisation.objects.filter(pk=organisation.pk, whole_reads_paused_on=None).update(whole_reads_paused_on=today):
        people = queries.addresses_of(organisation.pk, PersonRole.OWNER, PersonRole.ENGINEER)
        notices.whole_reads_paused(organisation, people)
        log.record(Event.ORGANISATION_PAUSE_READS, actor=actor, subject=f"organisation:{organisation.reference}")


@transaction.atomic
def resume_whole_reads(organisation: Organisation, *, actor: Actor) -> None:
    """Let a platform begin the list anew again."""
    paused = Organisation.objects.filter(pk=organisation.pk, whole_reads_paused_on__isnull=False)
    if paused.update(whole_reads_paused_on=None):
        log.record(Event.ORGANISATION_RESUME_READS, actor=actor, subject=f"organisation:{organisation.reference}")


@transaction.atomic
def invite_person(organisation: Organisation, email: str, role: str, *, actor: Actor) -> str:
    """Invite a person by mail. Returns the secret of the invitation, which works once, for a week."""
    email = email.strip().lower()
    granted = rules.check_role(role)
    is_invited = queries.open_invitations_of(organisation.pk).filter(email__iexact=email).exists()
    rules.check_address_free(queries.is_taken(email), is_invited)
    secret = rules.new_secret()
    invitation = Invitation.objects.create(
        organisation=organisation,
        email=email,
        role=granted.value,
        secret_hash=rules.digest(secret),
        expires_at=timezone.now() + rules.INVITATION_LIFETIME,
    )
    notices.invited(invitation, f"{settings.SITE_ORIGIN}/invitations/{secret}/")
    data = {"organisation": str(organisation.reference), "role": granted.value}
    log.record(Event.PERSON_INVITE, actor=actor, subject=f"invitation:{invitation.reference}", data=data)
    return secret


@transaction.atomic
def take_back_invitation(invitation: Invitation, *, actor: Actor) -> None:
    """Let an invitation work no longer."""
    deleted, _ = Invitation.objects.filter(pk=invitation.pk, used_on=None).delete()
    if deleted:
        log.record(Event.PERSON_UNINVITE, actor=actor, subject=f"invitation:{invitation.reference}")


@transaction.atomic
def accept_invitation(secret: str, password: str) -> tuple[str, str, list[str]]:
    """Make the invited person's account. Returns their address, the secret for their app, and the recovery codes."""
    invitation = queries.invitation_with(secret, is_locked=True)
    host = system("invitation")
    former = queries.former_account(invitation.email)
    if former is None:
        account = accounts.add_person(invitation.email, password, actor=host)
    else:
        account = accounts.renew_person(former, password, actor=host)
    place = {"organisation": invitation.organisation, "role": invitation.role, "ended_on": None}
    Membership.objects.update_or_create(account=account, defaults=place)
    invitation.used_on = timezone.now().date()
    invitation.save(update_fields=["used_on"])
    app, codes = accounts.enrol_totp(account, actor=host), accounts.enrol_recovery_codes(account, actor=host)
    data = {"organisation": str(invitation.organisation.reference), "role": invitation.role}
    log.record(Event.PERSON_JOIN, actor=host, subject=f"account:{account.reference}", data=data)
    return account.email, app, codes


@transaction.atomic
def change_role(account_reference: str, role: str, *, actor: Actor) -> None:
    """Give one of the actor's own people another role; their next request is judged by it."""
    granted = rules.check_role(role)
    membership = queries.lock_person(actor.platform_id, account_reference)
    if granted is not PersonRole.OWNER:
        rules.check_owners_left(PersonRole(membership.role), queries.owners_besides(membership))
    membership.role = granted.value
    membership.save(update_fields=["role"])
    data = {"role": granted.value}
    log.record(Event.PERSON_CHANGE, actor=actor, subject=f"account:{account_reference}", data=data)


@transaction.atomic
def remove_person(account_reference: str, *, actor: Actor) -> None:
    """End a membership; the person's next request is refused in every session, and they cannot sign in again."""
    membership = queries.lock_person(actor.platform_id, account_reference)
    rules.check_owners_left(PersonRole(membership.role), queries.owners_besides(membership))
    membership.ended_on = timezone.now().date()
    membership.save(update_fields=["ended_on"])
    log.record(Event.PERSON_REMOVE, actor=actor, subject=f"account:{account_reference}")


@transaction.atomic
def receive_application(fields: Mapping[str, Any]) -> str:
    """Take a platform's application. Returns the secret of the address that says where it stands."""
    secret = rules.new_secret()
    application = Application.objects.create(
        secret_hash=rules.digest(secret), received_on=timezone.now().date(), **fields
    )
    notices.application_received(application, f"{settings.SITE_ORIGIN}/apply/{secret}/")
    notices.application_waits(application, queries.who_must_act(application))
    log.record(Event.APPLICATION_RECEIVE, actor=system("application"), subject=_application(application))
    return secret


@transaction.atomic
def take_application(application: Application, *, actor: Actor) -> None:
    """Begin to check an application; from now on it has an owner."""
    application = _move(application, "take")
    application.taken_by = actor.reference
    application.save(update_fields=["taken_by"])
    log.record(Event.APPLICATION_TAKE, actor=actor, subject=_application(application))


@transaction.atomic
def note_evidence(application: Application, texts: Mapping[str, str], *, actor: Actor) -> None:
    """Write evidence into lines of the checklist. Each line keeps who wrote it, and when."""
    application = queries.lock_application(application)
    rules.check_vetting(application.state)
    lines = rules.noted(application.evidence, texts, actor.reference, timezone.now().date())
    changed = [name for name in lines if lines[name] != application.evidence.get(name)]
    if changed:
        application.evidence = lines
        application.save(update_fields=["evidence"])
        data = {"checks": changed}
        log.record(Event.APPLICATION_NOTE, actor=actor, subject=_application(application), data=data)


@transaction.atomic
def approve_application(application: Application, texts: Mapping[str, str], *, actor: Actor) -> None:
    """Say that every check was made, once each line has its evidence."""
    note_evidence(application, texts, actor=actor)
    application = _move(application, "approve")
    rules.check_evidence(application.evidence)
    log.record(Event.APPLICATION_APPROVE, actor=actor, subject=_application(application))


@transaction.atomic
def accept_agreement(application: Application, signatory: str, version: str) -> None:
    """Take a named person's acceptance of the agreement, in the version they read.

    From now on the platform has a sandbox to try its software on, and its contact an invitation to look after that.
    """
    actor = system("application")
    application = _move(application, "accept_agreement")
    application.signatory = rules.check_agrees(signatory, version, AGREEMENT_VERSION)
    application.agreement_version, application.agreed_on = version, timezone.now().date()
    rules.check_name_free(queries.is_name_taken(application.name))
    application.organisation = add_organisation(application.name, is_active=False, actor=actor)
    application.save(update_fields=["signatory", "agreement_version", "agreed_on", "organisation"])
    invite_person(application.organisation, application.contact_email, PersonRole.OWNER.value, actor=actor)
    data = {"version": version}
    log.record(Event.APPLICATION_ACCEPT_AGREEMENT, actor=actor, subject=_application(application), data=data)


@transaction.atomic
def record_tests(application: Application, names: Collection[str], *, actor: Actor) -> None:
    """Record which tests a platform's software has passed in the sandbox. With the last one it is certified."""
    application = queries.lock_application(application)
    passed = rules.passed(names, application.passed)
    if application.state != ApplicationState.AGREED or passed == application.passed:
        return
    application.passed = passed
    application.save(update_fields=["passed"])
    log.record(Event.APPLICATION_TEST, actor=actor, subject=_application(application), data={"passed": passed})
    if rules.is_certified(passed):
        _hand_on(_move(application, "certify"))
        log.record(Event.APPLICATION_CERTIFY, actor=actor, subject=_application(application))


@transaction.atomic
def propose_activation(application: Application, *, actor: Actor) -> None:
    """Propose to let a platform in; a second person must agree."""
    application = _move(application, "propose_activation")
    application.proposed_by = actor.reference
    application.save(update_fields=["proposed_by"])
    _hand_on(application)
    log.record(Event.APPLICATION_PROPOSE_ACTIVATION, actor=actor, subject=_application(application))


@transaction.atomic
def activate_application(application: Application, *, actor: Actor) -> Organisation:
    """Let a platform in, as a second person: from now on it can have keys to the real list."""
    application = _move(application, "activate")
    rules.check_second_person(application.proposed_by, actor.reference)
    organisation = queries.lock_organisation_of(application)
    organisation.activated_on = timezone.now().date()
    organisation.save(update_fields=["activated_on"])
    data = {"organisation": str(organisation.reference)}
    log.record(Event.APPLICATION_ACTIVATE, actor=actor, subject=_application(application), data=data)
    return organisation


@transaction.atomic
def put_back_activation(application: Application, *, actor: Actor) -> None:
    """Say no, as a second person, to a proposed activation; it can be proposed again."""
    application = _move(application, "put_back")
    rules.check_second_person(application.proposed_by, actor.reference)
    application.proposed_by = ""
    application.save(update_fields=["proposed_by"])
    log.record(Event.APPLICATION_PUT_BACK, actor=actor, subject=_application(application))


@transaction.atomic
def decline_application(application: Application, *, actor: Actor) -> None:
    """End an application that cannot be let in; whatever it had, its sandbox's keys and its people, ends at once."""
    application = _move(application, "decline")
    if application.organisation is not None:
        own = Q(pk=application.organisation.pk) | Q(sandbox_of=application.organisation)
        Organisation.objects.filter(own).update(ended_on=timezone.now().date())
    log.record(Event.APPLICATION_DECLINE, actor=actor, subject=_application(application))


def _move(application: Application, verb: str) -> Application:
    application = queries.lock_application(application)
    application.state = ApplicationState(rules.check_transition(verb, application.state))
    application.save(update_fields=["state"])
    notices.application_moved(application)
    return application


def _hand_on(application: Application) -> None:
    """Tell the staff whose turn it is now."""
    notices.application_waits(application, queries.who_must_act(application))


def _application(application: Application) -> str:
    return f"application:{application.reference}"
