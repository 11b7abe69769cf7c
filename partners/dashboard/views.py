"""Show a platform its own work."""

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from partners.dashboard import forms, queries, serializers
from partners.organisations import queries as organisations
from partners.organisations.states import EXPORTERS
from registry.access import doors
from registry.access.refusals import Invalid, NotFound
from registry.accounts import actions as accounts
from registry.log.states import LogName


@doors.person()
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show how far the platform has read, what it answered, and whether its keys are well."""
    actor = doors.actor_of(request)
    organisation = organisations.organisation_of(actor)
    form = _form(request, organisation.pk, organisation.is_activated)
    asked = form.asked()
    reader = queries.reader_of(organisation.pk, asked)
    reads, matches = queries.reads(reader, asked), queries.matches(reader, asked)
    removals = queries.removals(reader, asked)
    context = {
        "section": "home",
        "organisation": organisation,
        "form": form,
        "kept": request.GET.urlencode(),
        "may_export": actor.person_role in EXPORTERS,
        "position": queries.position(reader, LogName.SANDBOX if asked.is_sandbox else LogName.LIST),
        "reads": reads,
        "reads_chart": serializers.reads_chart(reads),
        "matches": matches,
        "matches_chart": serializers.counts_chart(matches.by_day),
        "removals": removals,
        "removals_chart": serializers.spans_chart(removals.spans),
        "clocks": list(queries.clocks(reader, asked)),
        "disputes": queries.disputes(reader, asked),
        "keys": queries.key_health(organisation.pk),
    }
    return render(request, "partners/home.html", context, status=400 if form.errors else 200)


@doors.person()
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Show an engineer the commands from a key to the first page, and whether that page has come."""
    actor = doors.actor_of(request)
    organisation = organisations.organisation_of(actor)
    chosen = forms.read_list(request.GET.get("list", ""), organisation.is_activated)
    context = {
        "section": "start",
        "origin": settings.SITE_ORIGIN,
        "chosen": chosen,
        "lists": forms.LISTS,
        "organisation": organisation,
        "first": queries.first_steps(actor.platform_id, chosen),
    }
    return render(request, "partners/start.html", context)


@doors.person(*EXPORTERS, is_fresh=True)
@require_GET
def rows_csv(request: HttpRequest, name: str) -> HttpResponse:
    """Give the rows behind a chart as CSV, for the days, key and list in the address."""
    if name not in queries.ROWS:
        raise NotFound(f"There is no such file; there are {', '.join(f'{known}.csv' for known in queries.ROWS)}.")
    organisation = organisations.organisation_of(doors.actor_of(request))
    form = _form(request, organisation.pk, organisation.is_activated)
    if not form.is_valid():
        raise Invalid(" ".join(f"{field}: {words}" for field, found in form.errors.items() for words in found))
    asked = form.asked()
    text = serializers.csv_text(queries.ROWS[name](queries.reader_of(organisation.pk, asked), asked))
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


@doors.person()
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    accounts.sign_out(actor=doors.actor_of(request))
    logout(request)
    return redirect("account_login")


def _form(request: HttpRequest, organisation_id: int, is_activated: bool) -> forms.AskedForm:
    key_names = queries.key_names(organisation_id)
    return forms.AskedForm(request.GET, key_names=key_names, is_activated=is_activated)
