"""Applications to the list, the people of a platform, and staff's vetting."""

import time
from collections.abc import Callable
from functools import partial
from uuid import UUID

import django_otp
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from partners.organisations import actions, queries
from partners.organisations.forms import (
    AgreementForm,
    AppForm,
    ApplicationForm,
    EvidenceForm,
    InviteForm,
    PasswordForm,
    app_address,
    qr_picture,
)
from partners.organisations.states import AGREEMENT_VERSION, STEPS
from registry.access import doors
from registry.access.actors import PersonRole, Role
from registry.access.refusals import Refused
from registry.accounts import actions as accounts
from registry.accounts import queries as account_queries
from registry.accounts.forms import PasskeyForm, ProofForm

OFFER = "offer"
"""In the session: the secret, sealed, of an app that is being enrolled."""
FORM = require_http_methods(["GET", "HEAD", "POST"])


@doors.public
@FORM
def apply(request: HttpRequest) -> HttpResponse:
    """Take a platform's application, and lead to the address that says where it stands."""
    form = ApplicationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        secret = actions.receive_application(form.cleaned_data)
        return redirect("organisations:application", secret=secret)
    return render(request, "partners/apply.html", {"form": form, "steps": STEPS}, status=400 if form.errors else 200)


@doors.public
@require_GET
def application(request: HttpRequest, secret: str) -> HttpResponse:
    """Show an applicant where their application stands, and whose turn it is."""
    found = queries.application_with(secret)
    form = AgreementForm(initial={"version": AGREEMENT_VERSION})
    context = {
        "application": found,
        "form": form,
        "secret": secret,
        "version": AGREEMENT_VERSION,
        "steps": STEPS,
        "step": queries.step_of(found),
        "turn": queries.turn_of(found).label,
        "tests": found.tests,
    }
    return render(request, "partners/application.html", context)


@doors.public
@require_POST
def accept_agreement(request: HttpRequest, secret: str) -> HttpResponse:
    """Take the acceptance of the agreement."""
    fields = request.POST
    signatory, version = fields.get("signatory", ""), fields.get("version", "")
    actions.accept_agreement(queries.application_with(secret), signatory, version)
    return redirect("organisations:application", secret=secret)


@doors.public
@FORM
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """Make an invited person's account, and show once what they sign in with."""
    invitation = queries.invitation_with(secret)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            email, app, codes = actions.accept_invitation(secret, form.cleaned_data["password"])
        except Refused as refusal:
            form.add_error("password", refusal.reason)
        else:
            shown = {"email": email, "app": app, "codes": codes, "picture": qr_picture(app_address(email, app))}
            return render(request, "partners/joined.html", shown)
    context = {"form": form, "invitation": invitation}
    return render(request, "partners/join.html", context, status=400 if form.errors else 200)


@doors.person()
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Show an organisation's people and open invitations."""
    return _people(request, InviteForm())


@doors.person(PersonRole.OWNER)
@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    """Invite a person."""
    form, actor = InviteForm(request.POST), doors.actor_of(request)
    if form.is_valid():
        try:
            actions.invite_person(queries.organisation_of(actor), **form.cleaned_data, actor=actor)
        except Refused as refusal:
            form.add_error("email", refusal.reason)
        else:
            return redirect("organisations:people")
    return _people(request, form)


@doors.person(PersonRole.OWNER)
@require_POST
def take_back(request: HttpRequest, reference: str) -> HttpResponse:
    """Take an invitation back."""
    actor = doors.actor_of(request)
    actions.take_back_invitation(queries.invitation_of(actor.platform_id, reference), actor=actor)
    return redirect("organisations:people")


@doors.person(PersonRole.OWNER)
@require_POST
def change_role(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Give a person another role."""
    actions.change_role(str(reference), request.POST.get("role", ""), actor=doors.actor_of(request))
    return redirect("organisations:people")


@doors.person(PersonRole.OWNER)
@require_POST
def remove(request: HttpRequest, reference: UUID) -> HttpResponse:
    """End a person's access."""
    actions.remove_person(str(reference), actor=doors.actor_of(request))
    return redirect("organisations:people")


@doors.person()
@FORM
def code_again(request: HttpRequest) -> HttpResponse:
    """Ask for a code or a passkey again before what is most sensitive, then lead back to it."""
    actor = doors.actor_of(request)
    form = ProofForm(request, queries.account_of(actor))
    if form.proved_by(partial(accounts.step_up, actor=actor)):
        request.session[account_queries.PROVED_AT] = int(time.time())
        wanted, home = request.GET.get("next", ""), reverse("dashboard:home")
        return redirect(wanted if wanted.startswith(home) and "//" not in wanted else home)
    return render(request, "partners/code_again.html", {"section": "you", "form": form}, status=form.status)


@doors.person()
@require_GET
def you(request: HttpRequest) -> HttpResponse:
    """Show a person their own account and second factor."""
    actor = doors.actor_of(request)
    _, codes_left = queries.factors_of(actor)
    context = {
        "section": "you",
        "organisation": queries.organisation_of(actor),
        "role": actor.person_role,
        "codes_left": codes_left,
    }
    return render(request, "partners/you.html", context)


@doors.person(is_fresh=True)
@require_POST
def new_recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make a new sheet of recovery codes; it is shown once."""
    actor = doors.actor_of(request)
    codes = accounts.enrol_recovery_codes(queries.account_of(actor), actor=actor)
    return render(request, "partners/recovery_codes.html", {"section": "you", "codes": codes})


@doors.person(is_fresh=True)
@FORM
def new_app(request: HttpRequest) -> HttpResponse:
    """Put another authenticator app in place of one's own."""
    actor, form = doors.actor_of(request), AppForm(request.POST or None)
    account = queries.account_of(actor)
    offer = request.session.get(OFFER) or accounts.offer_totp(account)
    if request.method == "POST" and form.is_valid():
        try:
            django_otp.login(request, accounts.confirm_totp(account, offer, form.cleaned_data["code"], actor=actor))
        except Refused as refusal:
            form.add_error("code", refusal.reason)
        else:
            request.session.pop(OFFER, None)
            return redirect("organisations:you")
    request.session[OFFER] = offer
    secret = accounts.shown_offer(account, offer)
    picture = qr_picture(app_address(account.email, secret))
    context = {"section": "you", "form": form, "secret": secret, "picture": picture}
    return render(request, "partners/new_app.html", context, status=400 if form.errors else 200)


@doors.person(is_fresh=True)
@FORM
def passkeys(request: HttpRequest) -> HttpResponse:
    """Show one's own passkeys; add one."""
    actor = doors.actor_of(request)
    account = queries.account_of(actor)
    form = PasskeyForm(request, account)
    if form.try_to(lambda: accounts.enrol_passkey(account, form.answer(), form.cleaned_data["name"], actor=actor)):
        return redirect("organisations:passkeys")
    context = {"section": "you", "form": form, "passkeys": account_queries.passkeys_of(account)}
    return render(request, "partners/passkeys.html", context, status=form.status)


@doors.person(is_fresh=True)
@require_POST
def remove_passkey(request: HttpRequest) -> HttpResponse:
    """Remove one of one's own passkeys."""
    accounts.remove_passkey(request.POST.get("passkey", ""), actor=doors.actor_of(request))
    return redirect("organisations:passkeys")


@doors.staff(Role.PARTNER_MANAGER, Role.AUDITOR)
@require_GET
def applications(request: HttpRequest) -> HttpResponse:
    """Show staff every application."""
    context = {"section": "platforms", "applications": queries.applications_shown(doors.actor_of(request))}
    return render(request, "partners/applications.html", context)


@doors.staff(Role.PARTNER_MANAGER, Role.AUDITOR)
@require_GET
def vetting(request: HttpRequest, reference: str) -> HttpResponse:
    """Show staff one application, and what can be done with it now."""
    written = queries.application_named(reference).evidence
    return _vetting(request, reference, EvidenceForm(written={name: line["text"] for name, line in written.items()}))


@doors.staff(Role.PARTNER_MANAGER)
@require_POST
def note(request: HttpRequest, reference: str) -> HttpResponse:
    """Write evidence into the checklist, and go on another time."""
    return _write(request, reference, actions.note_evidence)


@doors.staff(Role.PARTNER_MANAGER)
@require_POST
def approve(request: HttpRequest, reference: str) -> HttpResponse:
    """Record that every check was made."""
    return _write(request, reference, actions.approve_application)


@doors.staff(Role.PARTNER_MANAGER)
@require_POST
def take(request: HttpRequest, reference: str) -> HttpResponse:
    """Begin to check an application."""
    actions.take_application(queries.application_named(reference), actor=doors.actor_of(request))
    return redirect("organisations:vetting", reference=reference)


@doors.staff(Role.PARTNER_MANAGER)
@require_POST
def propose(request: HttpRequest, reference: str) -> HttpResponse:
    """Propose to let a platform in."""
    actions.propose_activation(queries.application_named(reference), actor=doors.actor_of(request))
    return redirect("organisations:vetting", reference=reference)


@doors.staff(Role.PARTNER_MANAGER)
@require_POST
def activate(request: HttpRequest, reference: str) -> HttpResponse:
    """Let a platform in, as a second person."""
    actions.activate_application(queries.application_named(reference), actor=doors.actor_of(request))
    return redirect("organisations:vetting", reference=reference)


@doors.staff(Role.PARTNER_MANAGER)
@require_POST
def decline(request: HttpRequest, reference: str) -> HttpResponse:
    """Decline an application."""
    actions.decline_application(queries.application_named(reference), actor=doors.actor_of(request))
    return redirect("organisations:vetting", reference=reference)


def _people(request: HttpRequest, form: InviteForm) -> HttpResponse:
    actor = doors.actor_of(request)
    context = {
        "section": "people",
        "organisation": queries.organisation_of(actor),
        "people": queries.people_of(actor.platform_id),
        "invitations": queries.open_invitations_of(actor.platform_id),
        "form": form,
        "may_change": actor.person_role is PersonRole.OWNER,
        "roles": list(PersonRole),
    }
    return render(request, "partners/people.html", context, status=400 if form.errors else 200)


def _write(request: HttpRequest, reference: str, verb: Callable[..., None]) -> HttpResponse:
    form = EvidenceForm(request.POST.dict())
    if form.is_valid():
        try:
            verb(queries.application_named(reference), form.cleaned_data, actor=doors.actor_of(request))
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            return redirect("organisations:vetting", reference=reference)
    return _vetting(request, reference, form)


def _vetting(request: HttpRequest, reference: str, form: EvidenceForm) -> HttpResponse:
    found = queries.application_named(reference)
    authors = queries.authors_of(found)
    context = {
        "section": "platforms",
        "may_change": Role.PARTNER_MANAGER in doors.actor_of(request).roles,
        "application": found,
        "form": form,
        "owner": queries.owner_of(found),
        "turn": queries.turn_of(found),
        "is_second": found.proposed_by != doors.actor_of(request).reference,
        "lines": [(words, line | {"by": authors.get(line["by"], "")}) for words, line in found.checklist],
        "tests": found.tests,
    }
    return render(request, "partners/vetting.html", context, status=400 if form.errors else 200)
