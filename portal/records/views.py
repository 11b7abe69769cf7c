"""The logs' pages."""

from typing import TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from portal.records import queries
from portal.records.forms import LogForm, SoughtForm
from registry.access import doors
from registry.access.actors import Role
from registry.access.refusals import Invalid
from registry.log.states import LogName

Asked = TypeVar("Asked", bound=LogForm)
READERS = (Role.AUDITOR, Role.ADMINISTRATOR)


@doors.staff(*READERS)
@require_GET
def log(request: HttpRequest) -> HttpResponse:
    """Show the lines of a log, the newest first; the address says which."""
    form = _valid(SoughtForm(request.GET))
    sent = form.cleaned_data
    page = queries.page_of(sent["log"], form.sought(), sent["before"])
    kept = {name: value for name, value in sent.items() if value and name != "before"}
    context = {"section": "log", "log": sent["log"], "logs": LogName, "form": form, "page": page}
    return render(request, "records/log.html", context | {"kept": urlencode(kept), "is_filtered": len(kept) > 1})


@doors.staff(*READERS)
@require_GET
def line(request: HttpRequest, index: int) -> HttpResponse:
    """Show one line of a log, and the proof that it is there."""
    name = _valid(LogForm(request.GET)).cleaned_data["log"]
    context = {"section": "log", "log": name, "proved": queries.line_with_proof(name, index)}
    return render(request, "records/line.html", context)


def _valid(form: Asked) -> Asked:
    if not form.is_valid():
        raise Invalid(gettext("There is no such filter. Go back to the log and choose one."))
    return form
