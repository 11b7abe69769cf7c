"""The reporter's pages: parse, call one query or action, answer. No cookie, no session, nothing kept."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.challenges import actions as challenges
from portal.challenges import queries as challenge_queries
from portal.conversations import actions as conversations
from portal.guidance import queries as guidance
from portal.policies import OFFLINE_POLICY
from portal.reports import actions, queries
from portal.reports.forms import ExpiryForm, MessageForm, ReturnForm, WentForm
from portal.reports.serializers import MoreSerializer, ReportSerializer, submitted_items, told
from portal.reports.states import AgeBand, ImageOf, ReportState, Situation, Went
from registry.access import doors
from registry.access.actors import Role
from registry.access.refusals import Refused

LINK_READERS = (Role.REVIEWER, Role.SENIOR_REVIEWER)
"""Who opens the links that people gave, and passes them on."""
NEEDED_LATER = [
    *(f"reports/{name}.js" for name in ("report", "files", "keep", "payload", "proof", "receipt", "send")),
    *(f"hashing/{name}.js" for name in ("pool", "refusal")),
]
"""What the page of steps is made of from the files on: asked for at once, after what its first step waits for."""

OpenedView = Callable[[HttpRequest, queries.Opened, ReturnForm], HttpResponse]


@doors.public
@require_GET
@gzip_page  # nothing secret is on it that its length could tell
def landing(request: HttpRequest) -> HttpResponse:
    """Say what this is, and that it was right to come."""
    return render(request, "reports/landing.html")


@doors.public
@require_GET
@gzip_page  # nothing secret is on it that its length could tell
def start(request: HttpRequest) -> HttpResponse:
    """Answer, choose, see what will be sent, send it, get reference and key: all on one page, in the tab alone."""
    return render(request, "reports/start.html", _steps(is_practice=False))


@doors.public
@require_GET
@gzip_page  # nothing secret is on it that its length could tell
def practise(request: HttpRequest) -> HttpResponse:
    """Show the same page under a policy that allows it no connection: it could not send if it wanted to."""
    answer = render(request, "reports/start.html", _steps(is_practice=True))
    answer.headers["Content-Security-Policy"] = OFFLINE_POLICY
    return answer


@doors.public
class Send(APIView):
    """Take a report from the page."""

    def post(self, request: Request) -> Response:
        """Accept it; the same report sent again gets the same answer."""
        sent = ReportSerializer.read(request.data)
        with challenges.spending(request.headers.get("Proof-Of-Work", "")):
            report = actions.accept_report(
                sent["reference"],
                bytes.fromhex(sent["key_hash"]),
                submitted_items(sent),
                told(sent),
                is_held=challenge_queries.is_flood(request.META.get("REMOTE_ADDR", "")),
            )
        return Response({"reference": report.reference, "accepted_on": report.created_on.isoformat()}, status=201)


@doors.public
class Add(APIView):
    """Take more photos and videos for a report."""

    def post(self, request: Request) -> Response:
        """Add them; the same ones sent again change nothing."""
        sent = MoreSerializer.read(request.data)
        opened = actions.open_report(sent["reference"], sent["key"])
        opened.check_may_change()
        report = actions.add_items(opened.report, submitted_items(sent))
        return Response({"reference": report.reference, "accepted_on": report.created_on.isoformat()}, status=201)


def with_codes(form_class: type[ReturnForm]) -> Callable[[OpenedView], Callable[..., HttpResponse]]:
    """Open the report whose codes the form holds; ask for them again when they do not fit."""

    def wrap(view: OpenedView) -> Callable[..., HttpResponse]:
        @wraps(view)
        def opened_view(request: HttpRequest) -> HttpResponse:
            codes = ReturnForm(request.POST)
            if not codes.is_valid():
                return render(request, "reports/return.html", {"form": codes}, status=400)
            try:
                opened = actions.open_report(**codes.cleaned_data)
            except Refused as refused:
                codes.add_error(None, gettext(refused.reason))
                return render(request, "reports/return.html", {"form": codes}, status=refused.status)
            return view(request, opened, form_class(request.POST))

        return opened_view

    return wrap


@doors.public
@require_http_methods(["GET", "POST"])
def read(request: HttpRequest) -> HttpResponse:
    """Ask for the codes, and show the report to whoever has them."""
    if request.method == "GET":
        return render(request, "reports/return.html", {"form": ReturnForm()})
    return show(request)


@with_codes(ReturnForm)
def show(request: HttpRequest, opened: queries.Opened, form: ReturnForm) -> HttpResponse:
    """Show the report."""
    return _status(request, opened, form)


@doors.public
@require_POST
@with_codes(ReturnForm)
def withdraw(request: HttpRequest, opened: queries.Opened, form: ReturnForm) -> HttpResponse:
    """Withdraw a report: two taps, no reason asked."""
    opened.check_may_change()
    if "sure" not in request.POST:
        return render(request, "reports/withdraw.html", {"form": form})
    report = actions.withdraw_report(opened.report)
    return _status(request, queries.Opened(report, can_change=True), form)


@doors.public
@require_POST
@with_codes(ReturnForm)
def pause(request: HttpRequest, opened: queries.Opened, form: ReturnForm) -> HttpResponse:
    """Take it off the list for now."""
    opened.check_may_change()
    return _status(request, queries.Opened(actions.pause_report(opened.report), can_change=True), form)


@doors.public
@require_POST
@with_codes(ReturnForm)
def resume(request: HttpRequest, opened: queries.Opened, form: ReturnForm) -> HttpResponse:
    """Put it back on the list."""
    opened.check_may_change()
    return _status(request, queries.Opened(actions.resume_report(opened.report), can_change=True), form)


@doors.public
@require_POST
@with_codes(ExpiryForm)
def set_expiry(request: HttpRequest, opened: queries.Opened, form: ReturnForm) -> HttpResponse:
    """Choose when it ends by itself."""
    opened.check_may_change()
    if not form.is_valid():
        return _status(request, opened, form, status=400)
    actions.set_expiry(opened.report, int(form.cleaned_data["months"]))
    return _status(request, opened, ReturnForm(request.POST))


@doors.public
@require_POST
@with_codes(WentForm)
def rate(request: HttpRequest, opened: queries.Opened, form: ReturnForm) -> HttpResponse:
    """Take how it has been: one tap, no words asked."""
    opened.check_may_change()
    if not form.is_valid():
        return _status(request, opened, form, status=400)
    report = actions.rate_report(opened.report, Went(form.cleaned_data["went"]))
    return _status(request, queries.Opened(report, can_change=True), form, went=report.went)


@doors.public
@require_POST
@with_codes(ReturnForm)
def allow_reader(request: HttpRequest, opened: queries.Opened, form: ReturnForm) -> HttpResponse:
    """Make a second key for a trusted adult, and show it once."""
    opened.check_may_change()
    return _status(request, opened, form, reader_key=queries.grouped(actions.allow_reader(opened.report)))


@doors.public
@require_POST
@with_codes(ReturnForm)
def forget_mail(request: HttpRequest, opened: queries.Opened, form: ReturnForm) -> HttpResponse:
    """Delete the mail address."""
    opened.check_may_change()
    actions.forget_mail(opened.report)
    return _status(request, opened, form)


@doors.public
@require_POST
@with_codes(MessageForm)
def write(request: HttpRequest, opened: queries.Opened, form: ReturnForm) -> HttpResponse:
    """Take a message to a trained person; words that sound like danger bring help lines up front."""
    opened.check_may_change()
    if not form.is_valid():
        return _status(request, opened, form, status=400)
    try:
        message = conversations.write_message(opened.report.pk, form.cleaned_data["text"])
    except Refused as refused:
        form.add_error("text", gettext(refused.reason))
        return _status(request, opened, form, status=refused.status)
    return _status(request, opened, ReturnForm(request.POST), was_written=True, is_urgent=message.is_urgent)


@doors.staff(*LINK_READERS, Role.AUDITOR)
@require_GET
def links(request: HttpRequest) -> HttpResponse:
    """Show staff the links people gave, without whose they are; an auditor sees that they wait, not where they lead."""
    actor = doors.actor_of(request)
    may_read = not actor.roles.isdisjoint(LINK_READERS)
    waiting = actions.read_links(actor=actor) if may_read else queries.closed_links()
    return render(request, "reports/desk/links.html", {"section": "links", "links": waiting, "may_read": may_read})


@doors.staff(*LINK_READERS)
@require_POST
def settle_link(request: HttpRequest, number: int) -> HttpResponse:
    """Take a link off the staff's list: it was passed on, or read."""
    actions.settle_link(number, actor=doors.actor_of(request))
    return redirect("reports:links")


def _status(
    request: HttpRequest, opened: queries.Opened, form: ReturnForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "status": queries.status_of(opened.report),
        "can_change": opened.can_change,
        "can_add": opened.can_change and opened.report.state == ReportState.ACTIVE,
        "video_tmk": settings.VIDEO_TMK,
        "form": form,
        "expiry_form": form if isinstance(form, ExpiryForm) else ExpiryForm(),
        "ways_it_went": Went.choices,
        "message_form": form if isinstance(form, MessageForm) else MessageForm(),
    }
    return render(request, "reports/status.html", context | more, status=status)


def _steps(*, is_practice: bool) -> dict[str, Any]:
    """Give what the page of steps is made from."""
    return {
        "is_practice": is_practice,
        "needed_later": NEEDED_LATER,
        "video_tmk": settings.VIDEO_TMK,
        "situations": Situation.choices,
        "images_of": ImageOf.choices,
        "age_bands": [*AgeBand.choices, ("18", gettext("18 or older"))],
        "file_choices": [("yes", gettext("Yes")), ("no", gettext("No"))],
        "platforms": guidance.platforms(get_language() or "en"),
    }
