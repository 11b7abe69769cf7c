"""Show alarms to the staff who look after platforms."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from partners.alarms import actions, queries
from partners.alarms.states import WHAT_TO_DO, AlarmKind
from registry.access import doors
from registry.access.actors import Role

READERS = (Role.PARTNER_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR)


@doors.staff(*READERS)
@require_GET
def alarms(request: HttpRequest) -> HttpResponse:
    """Show what nobody has looked into yet."""
    rows = [{"alarm": alarm, "advice": WHAT_TO_DO[AlarmKind(alarm.kind)]} for alarm in queries.open_alarms()]
    may_close = Role.PARTNER_MANAGER in doors.actor_of(request).roles
    return render(request, "partners/alarms.html", {"section": "alarms", "rows": rows, "may_close": may_close})


@doors.staff(Role.PARTNER_MANAGER)
@require_POST
def close(request: HttpRequest, reference: str) -> HttpResponse:
    """Close an alarm that was looked into."""
    actions.close_alarm(queries.alarm_named(reference), actor=doors.actor_of(request))
    return redirect("alarms:alarms")
