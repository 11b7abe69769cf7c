"""The reporter's pages: parse, call one query or action, answer. No cookie, no session, nothing kept."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.policies import OFFLINE_POLICY
from portal.reports import actions, queries
from portal.reports.forms import ReturnForm
from portal.reports.serializers import ReportSerializer
from registry.access import doors
from registry.access.refusals import Refused


@doors.public
@require_GET
def landing(request: HttpRequest) -> HttpResponse:
    """Say what this is, and that it was right to come."""
    return render(request, "reports/landing.html")


@doors.public
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Choose photos, see what will be sent, send it, get reference and key: all on one page, in the tab alone."""
    return render(request, "reports/start.html")


@doors.public
@require_GET
def practise(request: HttpRequest) -> HttpResponse:
    """Show the same page under a policy that allows it no connection: it could not send if it wanted to."""
    answer = render(request, "reports/start.html", {"is_practice": True})
    answer.headers["Content-Security-Policy"] = OFFLINE_POLICY
    return answer


@doors.public
class Send(APIView):
    """Take a report from the page."""

    def post(self, request: Request) -> Response:
        """Accept it; the same report sent again gets the same answer."""
        sent = ReportSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        report = actions.accept_report(
            sent.validated_data["reference"], bytes.fromhex(sent.validated_data["key_hash"]), sent.submitted_items()
        )
        return Response({"reference": report.reference, "accepted_on": report.created_on.isoformat()}, status=201)


@doors.public
@csrf_exempt  # no cookie says who asks: reference and key do, in the body
@require_http_methods(["GET", "POST"])
def read(request: HttpRequest) -> HttpResponse:
    """Show a report to whoever has its reference and key."""
    form = ReturnForm(request.POST or None)
    if not form.is_valid():
        return render(request, "reports/return.html", {"form": form}, status=400 if form.is_bound else 200)
    try:
        report = queries.report_for(**form.cleaned_data)
    except Refused as refused:
        form.add_error(None, refused.reason)
        return render(request, "reports/return.html", {"form": form}, status=refused.status)
    return render(request, "reports/status.html", {"status": queries.status_of(report), "form": form})


@doors.public
@csrf_exempt  # as above
@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """Withdraw a report: two taps, no reason asked."""
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return render(request, "reports/return.html", {"form": form}, status=400)
    report = queries.report_for(**form.cleaned_data)
    if "sure" not in request.POST:
        return render(request, "reports/withdraw.html", {"form": form})
    report = actions.withdraw_report(report)
    return render(request, "reports/status.html", {"status": queries.status_of(report), "form": form})
