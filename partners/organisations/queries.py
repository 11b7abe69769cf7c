"""Read organisations, their people and applications."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Max, QuerySet
from django.utils import timezone

from partners.organisations import rules
from partners.organisations.models import Application, Invitation, Membership, Organisation
from partners.organisations.states import STAFF_TURN, STEP_OF, TURNS, ApplicationState, Turn
from registry.access.actors import Actor, ActorKind, PersonRole, Role
from registry.access.refusals import NotFound
from registry.accounts import queries as accounts
from registry.accounts.models import Account

REGISTRY_MEMBER_ID = 1
REGISTRY_NAME = "Take It Down"


def members() -> QuerySet[Organisation]:
    """Give every platform that may read the real list, by member id. Whatever counts over all platforms begins here."""
    active = Organisation.objects.filter(sandbox_of=None, activated_on__isnull=False, ended_on=None)
    return active.order_by("member_id")


def has_whole_reads_paused(organisation_id: int) -> bool:
    """Tell whether a platform may not begin the list anew now."""
    return Organisation.objects.filter(pk=organisation_id, whole_reads_paused_on__isnull=False).exists()


def is_name_taken(name: str) -> bool:
    """Tell whether a platform has this name."""
    return Organisation.objects.filter(name=name).exists()


def lock_organisation(organisation_id: int) -> Organisation:
    """Give an organisation, locked until the transaction ends."""
    return Organisation.objects.select_for_update().get(pk=organisation_id)


def organisation_of(actor: Actor) -> Organisation:
    """Give the platform a key's holder or a person acts for."""
    return Organisation.objects.get(pk=actor.platform_id)


def next_member_id() -> int:
    """Give the first member id nobody ever had."""
    highest = Organisation.objects.aggregate(highest=Max("member_id"))["highest"]
    return max(highest or 0, 10) + 1


def actor_for(user: Any, session: Mapping[str, Any]) -> Actor | None:
    """Give the actor for a signed-in person of a platform with a verified second factor; None for anyone else.

    Asked anew at every request: whose membership ends is out at once.
    """
    if not user.is_authenticated or not user.is_active or not user.is_verified():
        return None
    if not accounts.is_in_time(session):
        return None
    membership = current_memberships().filter(account=user.pk).first()
    if membership is None:
        return None
    role = PersonRole(membership.role)
    reference = str(user.reference)
    return Actor(ActorKind.PARTNER, reference, organisation_id=membership.organisation_id, person_role=role)


def current_memberships() -> QuerySet[Membership]:
    """Give the memberships that have not ended."""
    return Membership.objects.filter(ended_on=None, organisation__ended_on=None, account__is_active=True)


def is_member(account_id: int) -> bool:
    """Tell whether an account serves an organisation now."""
    return current_memberships().filter(account=account_id).exists()


def former_account(email: str) -> Account | None:
    """Give the account of somebody whose place at a platform has ended; None for staff, members and strangers."""
    account = accounts.account_named(email)
    return None if account is None or account.roles or is_member(account.pk) else account


def is_taken(email: str) -> bool:
    """Tell whether somebody with this address is here, with a platform or on the staff."""
    return accounts.account_named(email) is not None and former_account(email) is None


def people_of(organisation_id: int) -> QuerySet[Membership]:
    """Give an organisation's people, in the order they came."""
    return current_memberships().filter(organisation=organisation_id).select_related("account").order_by("pk")


def addresses_of(organisation_id: int, *roles: PersonRole) -> list[str]:
    """Give the mail addresses of an organisation's people in any of these roles."""
    found = people_of(organisation_id).filter(role__in=[role.value for role in roles])
    return [membership.account.email for membership in found]


def factors_of(actor: Actor) -> tuple[bool, int]:
    """Tell whether somebody has an authenticator app, and how many recovery codes are left."""
    return accounts.factors_of(accounts.account_of(actor))


def account_of(actor: Actor) -> Account:
    """Give the account of a person who acts."""
    return accounts.account_of(actor)


def open_invitations_of(organisation_id: int) -> QuerySet[Invitation]:
    """Give an organisation's invitations that nobody has used, newest first."""
    return Invitation.objects.filter(organisation=organisation_id, used_on=None).order_by("-pk")


def invitation_with(secret: str, *, is_locked: bool = False) -> Invitation:
    """Give the open invitation with this secret, locked until the transaction ends if asked. Raises NotFound."""
    unused = Invitation.objects.select_related("organisation").filter(used_on=None, secret_hash=rules.digest(secret))
    found = (unused.select_for_update(of=("self",)) if is_locked else unused).first()
    if found is None or not rules.is_open(found.expires_at, timezone.now()):
        raise NotFound("This invitation does not work, or no longer. Ask the person who invited you for a new one.")
    return found


def invitation_of(organisation_id: int, reference: str) -> Invitation:
    """Give one of an organisation's own open invitations. Raises NotFound, also for another's."""
    found = open_invitations_of(organisation_id).filter(reference=reference).first()
    if found is None:
        raise NotFound("You have no open invitation of this name.")
    return found


def lock_person(organisation_id: int, account_reference: str) -> Membership:
    """Give one of an organisation's own people, all of whom are locked until the transaction ends. Raises NotFound."""
    locked = list(people_of(organisation_id).select_for_update(of=("self",)))
    for membership in locked:
        if str(membership.account.reference) == account_reference:
            return membership
    raise NotFound("There is no such person in your organisation.")


def owners_besides(membership: Membership) -> int:
    """Count an organisation's other owners."""
    others = people_of(membership.organisation_id).exclude(pk=membership.pk)
    return others.filter(role=PersonRole.OWNER.value).count()


def applications() -> QuerySet[Application]:
    """Give every application, the oldest first."""
    return Application.objects.order_by("pk")


def awaiting_staff() -> QuerySet[Application]:
    """Give the applications whose next step is the staff's, the oldest first."""
    return applications().filter(state__in=STAFF_TURN)


def under_test() -> QuerySet[Application]:
    """Give the applications whose platform tries the sandbox now, the oldest first."""
    return applications().filter(state=ApplicationState.AGREED)


def sandbox_of(organisation_id: int) -> Organisation:
    """Give a platform's sandbox."""
    return Organisation.objects.get(sandbox_of=organisation_id)


def application_of(organisation_id: int) -> Application | None:
    """Give the application that led to an organisation; None for one that was added without."""
    return Application.objects.filter(organisation=organisation_id).first()


def who_must_act(application: Application) -> list[Account]:
    """Give the staff whose turn an application is: its owner; a second person once activation is proposed; at first all."""
    if turn_of(application) is not Turn.STAFF:
        return []
    if application.state == ApplicationState.PROPOSED:
        able = accounts.holders_of(Role.PARTNER_MANAGER, Role.SENIOR_REVIEWER)
        return [account for account in able if str(account.reference) != application.proposed_by]
    managers = {str(account.reference): account for account in accounts.holders_of(Role.PARTNER_MANAGER)}
    return [managers[application.taken_by]] if application.taken_by in managers else list(managers.values())


def turn_of(application: Application) -> Turn:
    """Give who must act for an application to go on."""
    return TURNS[ApplicationState(application.state)]


def step_of(application: Application) -> int:
    """Give the step an application is on, from 1; 0 when it was declined."""
    return STEP_OF.get(ApplicationState(application.state), 0)


def applications_shown(actor: Actor) -> list[tuple[Application, str, bool]]:
    """Give every application with its owner's mail address, and whether it waits for this member of staff."""
    emails = {str(account.reference): account.email for account in accounts.members_of_staff()}
    return [
        (found, emails.get(found.taken_by, ""), any(str(a.reference) == actor.reference for a in who_must_act(found)))
        for found in applications()
    ]


def owner_of(application: Application) -> Account | None:
    """Give the member of staff who looks after an application; None before somebody took it."""
    return next((a for a in accounts.members_of_staff() if str(a.reference) == application.taken_by), None)


def authors_of(application: Application) -> dict[str, str]:
    """Give the mail addresses of those who wrote the checklist, by their reference."""
    references = {line["by"] for line in application.evidence.values()}
    emails = {str(account.reference): account.email for account in accounts.members_of_staff()}
    return {reference: emails[reference] for reference in references if reference in emails}


def application_named(reference: str) -> Application:
    """Give an application to staff. Raises NotFound."""
    found = Application.objects.filter(reference=reference).first()
    if found is None:
        raise NotFound("There is no such application.")
    return found


def application_with(secret: str) -> Application:
    """Give an application to whoever holds its secret address. Raises NotFound."""
    found = Application.objects.filter(secret_hash=rules.digest(secret)).first()
    if found is None:
        raise NotFound("There is no application at this address. Use the address we showed you when you applied.")
    return found


def lock_organisation_of(application: Application) -> Organisation:
    """Give the organisation an application has led to, locked until the transaction ends."""
    return Organisation.objects.select_for_update(of=("self",)).get(application=application)


def lock_application(application: Application) -> Application:
    """Give the application as it is now, locked until the transaction ends."""
    return Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
