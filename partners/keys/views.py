"""Keys, as the people of a platform look after them."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from partners.keys import actions, queries
from partners.keys.forms import KeyForm
from partners.organisations import queries as organisations
from registry.access import doors
from registry.access.actors import PersonRole
from registry.access.refusals import Refused

KEEPERS = (PersonRole.OWNER, PersonRole.ENGINEER)


@doors.person()
@require_GET
def keys(request: HttpRequest) -> HttpResponse:
    """Show an organisation's keys."""
    actor = doors.actor_of(request)
    context = {
        "section": "keys",
        "keys": queries.own_keys(actor.platform_id),
        "live": {key.name for key in queries.own_live_keys(actor.platform_id)},
        "may_change": actor.person_role in KEEPERS,
    }
    return render(request, "partners/keys.html", context)


@doors.person(*KEEPERS, is_fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: HttpRequest) -> HttpResponse:
    """Ask what a key is for; issue it, and show it once."""
    actor = doors.actor_of(request)
    organisation = organisations.organisation_of(actor)
    form = KeyForm(request.POST or None, is_activated=organisation.is_activated)
    if request.method == "POST" and form.is_valid():
        try:
            organisation = organisation.sandbox if form.is_test() else organisation
            key, secret = actions.issue_key(organisation, form.granted(), form.lines(), actor=actor)
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            return _shown_once(request, key, secret)
    context = {"section": "keys", "form": form}
    return render(request, "partners/issue_key.html", context, status=400 if form.errors else 200)


@doors.person(*KEEPERS, is_fresh=True)
@require_POST
def rotate(request: HttpRequest, name: str) -> HttpResponse:
    """Issue a key's successor, and show it once."""
    actor = doors.actor_of(request)
    key, secret = actions.rotate_key(queries.key_of(actor.platform_id, name), actor=actor)
    return _shown_once(request, key, secret)


@doors.person(*KEEPERS)
@require_POST
def revoke(request: HttpRequest, name: str) -> HttpResponse:
    """End a key at once."""
    actor = doors.actor_of(request)
    actions.revoke_key(queries.key_of(actor.platform_id, name), actor=actor)
    return redirect("keys:keys")


def _shown_once(request: HttpRequest, key: Any, secret: str) -> HttpResponse:
    context = {
        "section": "keys",
        "name": key.name,
        "secret": secret,
        "is_test": key.organisation.is_sandbox,
        "origin": settings.SITE_ORIGIN,
    }
    return render(request, "partners/key_issued.html", context)
