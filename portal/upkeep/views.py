"""The settings' pages."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.upkeep import queries
from portal.upkeep.forms import BenignForm, ReasonForm, WindowForm
from registry.access import doors
from registry.access.actors import Role
from registry.access.refusals import Invalid, Refused
from registry.policy import actions as policy
from registry.screening import actions as screening

FORM = require_http_methods(["GET", "HEAD", "POST"])


@doors.staff(Role.ADMINISTRATOR, Role.AUDITOR)
@require_GET
def settings(request: HttpRequest) -> HttpResponse:
    """Show the windows and the lists of reasons."""
    context = {
        "section": "settings",
        "windows": queries.windows(),
        "lists": queries.lists(),
        "may_change": Role.ADMINISTRATOR in doors.actor_of(request).roles,
    }
    return render(request, "upkeep/settings.html", context)


@doors.staff(Role.ADMINISTRATOR)
@require_POST
def set_window(request: HttpRequest) -> HttpResponse:
    """Set how long something may take."""
    form = WindowForm(request.POST)
    if not form.is_valid():
        raise Invalid(gettext("Give a whole number of hours."))
    policy.set_window(form.cleaned_data["name"], form.cleaned_data["hours"], actor=doors.actor_of(request))
    messages.success(request, gettext("Set. It counts for what comes from now on."))
    return redirect("upkeep:settings")


@doors.staff(Role.ADMINISTRATOR)
@require_POST
def retire_reason(request: HttpRequest) -> HttpResponse:
    """Offer a reason no longer."""
    form = _reason(request)
    reasons, word = form.cleaned_data["reasons"], form.cleaned_data["word"]
    words = [known for known, _label in queries.LISTS[reasons]]
    policy.retire_reason(reasons, word, words=words, actor=doors.actor_of(request))
    messages.success(request, gettext("It is no longer offered. Wherever it was used, it can still be read."))
    return redirect("upkeep:settings")


@doors.staff(Role.ADMINISTRATOR)
@require_POST
def offer_reason(request: HttpRequest) -> HttpResponse:
    """Offer a retired reason again."""
    form = _reason(request)
    policy.offer_reason(form.cleaned_data["reasons"], form.cleaned_data["word"], actor=doors.actor_of(request))
    messages.success(request, gettext("It is offered again."))
    return redirect("upkeep:settings")


@doors.staff(Role.SENIOR_REVIEWER, Role.AUDITOR, Role.ADMINISTRATOR)
@require_GET
def benign(request: HttpRequest) -> HttpResponse:
    """Show the pictures that everybody has."""
    return _benign(request, BenignForm())


@doors.staff(Role.SENIOR_REVIEWER)
@require_POST
def add_benign(request: HttpRequest) -> HttpResponse:
    """Put a picture on the benign list."""
    form = BenignForm(request.POST)
    if form.is_valid():
        sent = form.cleaned_data
        try:
            screening.add_benign(
                sent["digest"], reason=sent["reason"], note=sent["note"], actor=doors.actor_of(request)
            )
        except Refused as refusal:
            form.add_error("digest", refusal.reason)
        else:
            messages.success(request, gettext("Added. What is listed and looks like it comes into the queue."))
            return redirect("upkeep:benign")
    return _benign(request, form)


@doors.staff(Role.SENIOR_REVIEWER)
@require_POST
def remove_benign(request: HttpRequest, number: int) -> HttpResponse:
    """Take a picture off the benign list."""
    screening.remove_benign(queries.benign_numbered(number), actor=doors.actor_of(request))
    messages.success(request, gettext("Removed. Reviews that it led to stay open."))
    return redirect("upkeep:benign")


def _reason(request: HttpRequest) -> ReasonForm:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise Invalid(gettext("There is no such reason."))
    return form


def _benign(request: HttpRequest, form: BenignForm) -> HttpResponse:
    context = {
        "section": "benign",
        "pictures": queries.benign(),
        "form": form,
        "may_change": Role.SENIOR_REVIEWER in doors.actor_of(request).roles,
    }
    return render(request, "upkeep/benign.html", context, status=400 if form.errors else 200)
