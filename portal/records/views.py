"""The audit log's pages."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from portal.records import queries
from portal.records.forms import SoughtForm
from registry.access import doors
from registry.access.actors import Role
from registry.access.refusals import Invalid

READERS = (Role.AUDITOR, Role.ADMINISTRATOR)


@doors.staff(*READERS)
@require_GET
def audit_log(request: HttpRequest) -> HttpResponse:
    """Show the lines of the audit log, the newest first; the address says which."""
    form = SoughtForm(request.GET)
    if not form.is_valid():
        raise Invalid(gettext("There is no such filter. Go back to the audit log and choose one."))
    page = queries.page_of(form.sought(), form.cleaned_data["before"])
    kept = {name: value for name, value in form.cleaned_data.items() if value and name != "before"}
    context = {"section": "log", "form": form, "page": page, "kept": urlencode(kept)}
    return render(request, "records/audit_log.html", context)


@doors.staff(*READERS)
@require_GET
def audit_line(request: HttpRequest, index: int) -> HttpResponse:
    """Show one line of the audit log, and the proof that it is there."""
    context = {"section": "log", "proved": queries.line_with_proof(index)}
    return render(request, "records/audit_line.html", context)
