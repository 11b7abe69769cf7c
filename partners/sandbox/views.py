"""The sandbox, as the people of a platform see it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from partners.organisations import queries as organisations
from partners.sandbox import actions, queries
from partners.sandbox.forms import NameForm
from registry.access import doors
from registry.access.actors import PersonRole
from registry.access.refusals import Refused

TESTERS = (PersonRole.OWNER, PersonRole.ENGINEER)


@doors.person()
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Show what a platform's software has shown in the sandbox, and what comes next."""
    return _page(request, NameForm())


@doors.person(*TESTERS)
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Look at what the software has shown by now."""
    actor = doors.actor_of(request)
    actions.look_at(actor.platform_id, actor=actor)
    return redirect("sandbox:page")


@doors.person(*TESTERS)
@require_POST
def name_withdrawn(request: HttpRequest) -> HttpResponse:
    """Take a person's word on which entry was withdrawn."""
    form, actor = NameForm(request.POST), doors.actor_of(request)
    if form.is_valid():
        sandbox = organisations.sandbox_of(actor.platform_id)
        try:
            actions.name_withdrawn(sandbox, form.cleaned_data["entry"], actor=actor)
        except Refused as refusal:
            form.add_error("entry", refusal.reason)
        else:
            actions.look_at(actor.platform_id, actor=actor)
            return redirect("sandbox:page")
    return _page(request, form)


def _page(request: HttpRequest, form: NameForm) -> HttpResponse:
    actor = doors.actor_of(request)
    standing = queries.standing(actor.platform_id)
    context = {
        "section": "sandbox",
        "organisation": organisations.organisation_of(actor),
        "standing": standing,
        "form": form,
        "may_test": actor.person_role in TESTERS,
    }
    return render(request, "partners/sandbox.html", context, status=400 if form.errors else 200)
