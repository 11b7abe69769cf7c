"""Show a platform its own work."""

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from partners.dashboard import forms, queries, serializers
from partners.organisations import queries as organisations
from registry.access import doors
from registry.accounts import actions as accounts


@doors.person()
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show how far the platform has read, what it answered, and whether its keys are well."""
    actor = doors.actor_of(request)
    period = forms.read_period(request.GET.get("days", ""))
    figures = queries.figures(actor.platform_id, period)
    context = {
        "section": "home",
        "organisation": organisations.organisation_of(actor),
        "figures": figures,
        "keys": queries.key_health(actor.platform_id),
        "bars": serializers.bars(figures.days),
        "period": period,
        "periods": queries.PERIODS,
    }
    return render(request, "partners/home.html", context)


@doors.person()
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Show an engineer the commands from a key to the first page."""
    actor = doors.actor_of(request)
    keys = queries.key_health(actor.platform_id)
    name = keys[0]["name"] if keys else "tid_…"
    context = {"section": "start", "origin": settings.SITE_ORIGIN, "name": name, "has_key": bool(keys)}
    return render(request, "partners/start.html", context)


@doors.person()
@require_GET
def outcomes_csv(request: HttpRequest) -> HttpResponse:
    """Give the platform's own outcomes as CSV."""
    return _csv(serializers.csv_text(queries.outcome_rows(doors.actor_of(request).platform_id)), "outcomes")


@doors.person()
@require_GET
def downloads_csv(request: HttpRequest) -> HttpResponse:
    """Give the platform's own reads by day as CSV."""
    period = forms.read_period(request.GET.get("days", ""))
    rows = queries.download_rows(doors.actor_of(request).platform_id, period)
    return _csv(serializers.csv_text(rows), "downloads")


def _csv(text: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


@doors.person()
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    accounts.sign_out(actor=doors.actor_of(request))
    logout(request)
    return redirect("account_login")
