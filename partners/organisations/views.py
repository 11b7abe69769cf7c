"""Applications to the list, the people of a platform, and staff's vetting."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from partners.organisations import actions, queries
from partners.organisations.forms import (
    AgreementForm,
    ApplicationForm,
    EvidenceForm,
    InviteForm,
    PasswordForm,
    app_address,
    qr_picture,
)
from partners.organisations.states import AGREEMENT_VERSION
from registry.access import doors
from registry.access.actors import PersonRole, Role
from registry.access.refusals import Refused

FORM = require_http_methods(["GET", "HEAD", "POST"])


@doors.public
@FORM
def apply(request: HttpRequest) -> HttpResponse:
    """Take a platform's application, and lead to the address that says where it stands."""
    form = ApplicationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        secret = actions.receive_application(form.cleaned_data)
        return redirect("organisations:application", secret=secret)
    return render(request, "partners/apply.html", {"form": form}, status=400 if form.errors else 200)


@doors.public
@require_GET
def application(request: HttpRequest, secret: str) -> HttpResponse:
    """Show an applicant where their application stands, and whose turn it is."""
    found = queries.application_with(secret)
    form = AgreementForm(initial={"version": AGREEMENT_VERSION})
    context = {"application": found, "form": form, "secret": secret, "version": AGREEMENT_VERSION}
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
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            email, app, codes = actions.accept_invitation(secret, form.cleaned_data["password"])
        except Refused as refusal:
            form.add_error("password", refusal.reason)
        else:
            context = {"email": email, "app": app, "codes": codes, "picture": qr_picture(app_address(email, app))}
            return render(request, "partners/joined.html", context)
    return render(request, "partners/join.html", {"form": form}, status=400 if form.errors else 200)


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


@doors.staff(Role.PARTNER_MANAGER, Role.ADMINISTRATOR)
@require_GET
def applications(request: HttpRequest) -> HttpResponse:
    """Show staff every application."""
    return render(request, "partners/applications.html", {"applications": queries.applications()})


@doors.staff(Role.PARTNER_MANAGER, Role.ADMINISTRATOR)
@require_GET
def vetting(request: HttpRequest, reference: str) -> HttpResponse:
    """Show staff one application, and what can be done with it now."""
    return _vetting(request, reference, EvidenceForm())


@doors.staff(Role.PARTNER_MANAGER, Role.ADMINISTRATOR)
@require_POST
def approve(request: HttpRequest, reference: str) -> HttpResponse:
    """Record that every check was made."""
    form = EvidenceForm(request.POST.dict())
    if form.is_valid():
        try:
            found = queries.application_named(reference)
            actions.approve_application(found, form.cleaned_data, actor=doors.actor_of(request))
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            return redirect("organisations:vetting", reference=reference)
    return _vetting(request, reference, form)


@doors.staff(Role.PARTNER_MANAGER, Role.ADMINISTRATOR)
@require_POST
def take(request: HttpRequest, reference: str) -> HttpResponse:
    """Begin to check an application."""
    actions.take_application(queries.application_named(reference), actor=doors.actor_of(request))
    return redirect("organisations:vetting", reference=reference)


@doors.staff(Role.PARTNER_MANAGER, Role.ADMINISTRATOR)
@require_POST
def propose(request: HttpRequest, reference: str) -> HttpResponse:
    """Propose to let a platform in."""
    actions.propose_activation(queries.application_named(reference), actor=doors.actor_of(request))
    return redirect("organisations:vetting", reference=reference)


@doors.staff(Role.PARTNER_MANAGER, Role.ADMINISTRATOR)
@require_POST
def activate(request: HttpRequest, reference: str) -> HttpResponse:
    """Let a platform in, as a second person."""
    actions.activate_application(queries.application_named(reference), actor=doors.actor_of(request))
    return redirect("organisations:vetting", reference=reference)


@doors.staff(Role.PARTNER_MANAGER, Role.ADMINISTRATOR)
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


def _vetting(request: HttpRequest, reference: str, form: EvidenceForm) -> HttpResponse:
    context = {"application": queries.application_named(reference), "form": form}
    return render(request, "partners/vetting.html", context, status=400 if form.errors else 200)
