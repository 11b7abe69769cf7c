"""Pages to propose what takes two people; the second person decides in the queue."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from partners.organisations import queries as organisations
from portal.proposals import actions, queries
from portal.proposals.forms import ExportForm, PlatformForm
from portal.proposals.serializers import csv_lines
from registry.access import doors
from registry.access.actors import Role
from registry.access.refusals import Refused

FORM = require_http_methods(["GET", "HEAD", "POST"])
PROPOSERS = (Role.PARTNER_MANAGER, Role.SENIOR_REVIEWER)


@doors.staff(*PROPOSERS, Role.AUDITOR)
@require_GET
def proposals(request: HttpRequest) -> HttpResponse:
    """Show what was proposed, by whom, and what became of it."""
    actor = doors.actor_of(request)
    context = {
        "section": "proposals",
        "proposals": queries.newest(),
        "me": actor.reference,
        "may_propose": not actor.roles.isdisjoint(PROPOSERS),
    }
    return render(request, "proposals/proposals.html", context)


@doors.staff(*PROPOSERS)
@FORM
def platform(request: HttpRequest) -> HttpResponse:
    """Propose to suspend a platform, or to let it back in."""
    form = PlatformForm(request.POST or None, platforms=organisations.members())
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        try:
            actions.propose_about_platform(
                sent["verb"], sent["organisation"], ground=sent["ground"], actor=doors.actor_of(request)
            )
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            return _proposed(request)
    return _form(request, "proposals/platform.html", form)


@doors.staff(*PROPOSERS, is_fresh=True)
@FORM
def export(request: HttpRequest) -> HttpResponse:
    """Propose to hand out records."""
    form = ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.propose_export(**form.cleaned_data, actor=doors.actor_of(request))
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            return _proposed(request)
    return _form(request, "proposals/export.html", form)


@doors.staff(*PROPOSERS, is_fresh=True)
@FORM
def take(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Hand an agreed export to the person who proposed it."""
    proposal = queries.proposal_named(reference)
    if request.method != "POST":
        return render(request, "proposals/take.html", {"section": "proposals", "proposal": proposal})
    rows = actions.take_export(proposal, actor=doors.actor_of(request))
    name = f"{proposal.records}-{proposal.since}-{proposal.until}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8", headers=headers)


def _proposed(request: HttpRequest) -> HttpResponse:
    messages.success(request, gettext("Proposed. Nothing happens until a colleague agrees; it is in their queue now."))
    return redirect("proposals:proposals")


def _form(request: HttpRequest, template: str, form: PlatformForm | ExportForm) -> HttpResponse:
    context = {"section": "proposals", "form": form}
    return render(request, template, context, status=400 if form.errors else 200)
