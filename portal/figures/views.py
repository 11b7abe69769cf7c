"""The dashboard, and the page for the public."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from portal.figures import queries, serializers
from portal.figures.forms import PERIODS, PeriodForm
from registry.access import doors
from registry.access.actors import Role
from registry.access.refusals import Invalid, NotFound

BALANCE = (Role.SENIOR_REVIEWER, Role.ADMINISTRATOR, Role.AUDITOR)
"""Who sees how the work is spread over people."""


@doors.staff()
@require_GET
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show how the service does."""
    period = _period(request)
    overview = queries.overview(period)
    context = {
        "section": "figures",
        "overview": overview,
        "charts": serializers.charts(overview.days),
        "platform_charts": serializers.platform_charts(overview.platforms),
        "sees_balance": not doors.actor_of(request).roles.isdisjoint(BALANCE),
        "period": period,
        "periods": PERIODS,
    }
    return render(request, "figures/dashboard.html", context)


@doors.staff()
@require_GET
def table(request: HttpRequest, name: str) -> HttpResponse:
    """Give one of the dashboard's tables as CSV."""
    return _csv(serializers.table_csv(name, queries.table(name, _period(request))), name)


@doors.public
@require_GET
def transparency(request: HttpRequest) -> HttpResponse:
    """Tell everybody what this service does, in numbers that can tell of nobody."""
    years = [(published, serializers.public_rows(published)) for published in queries.public_years()]
    context = {"years": years, "platforms": queries.platforms_connected()}
    return render(request, "figures/transparency.html", context)


@doors.public
@require_GET
def year(request: HttpRequest, number: int) -> HttpResponse:  # noqa: ARG001 - the same for everybody
    """Give a year's public figures as CSV."""
    published = queries.public_years().filter(year=number).first()
    if published is None:
        raise NotFound(gettext("There are no figures of this year."))
    return _csv(serializers.public_csv(published), str(number))


def _period(request: HttpRequest) -> int:
    form = PeriodForm(request.GET)
    if not form.is_valid():
        raise Invalid(gettext("Choose one of the periods on the page."))
    return form.period()


def _csv(text: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)
