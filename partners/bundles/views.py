"""Make and fetch bundles."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from partners.bundles import actions, queries, serializers
from partners.bundles.forms import PeriodForm
from partners.organisations import queries as organisations
from partners.organisations.states import EXPORTERS
from partners.outcomes import forms as bodies
from registry.access import doors
from registry.access.actors import Scope
from registry.access.refusals import Refused

NDJSON = "application/x-ndjson"


@doors.partner(Scope.OUTCOME_WRITE)
class Bundles(APIView):
    """A platform's bundles."""

    http_method_names = ["get", "head", "post"]

    @extend_schema(operation_id="list_bundles", responses=serializers.BundlesSerializer)
    def get(self, request: Request) -> Response:
        """List the bundles you made in the last 30 days, newest first."""
        found = queries.bundles_of(doors.actor_of(request).platform_id)[:100]
        return Response({"bundles": serializers.BundleSerializer(found, many=True).data})

    @extend_schema(
        operation_id="make_bundle",
        request=serializers.PeriodSerializer,
        responses={201: serializers.BundleSerializer},
    )
    def post(self, request: Request) -> Response:
        """Make a bundle for your regulator: what you read, matched, decided, removed, deleted and voted on these days.

        It holds your own rows alone, corrections beside what they correct. Its digest goes into our audit log, whose
        signed head proves when it was made and that nothing in it was changed since.
        """
        serializer = serializers.PeriodSerializer(data=bodies.read_json(bodies.read_body(request)))
        serializer.is_valid(raise_exception=True)
        actor, sent = doors.actor_of(request), serializer.validated_data
        organisation = organisations.organisation_of(actor)
        bundle = actions.make_bundle(organisation, sent["since"], sent["until"], actor=actor)
        return Response(serializers.BundleSerializer(bundle).data, status=status.HTTP_201_CREATED)


@doors.partner(Scope.OUTCOME_WRITE)
class BundleFile(APIView):
    """One bundle."""

    http_method_names = ["get", "head"]

    @extend_schema(
        operation_id="fetch_bundle",
        responses={(200, NDJSON): OpenApiResponse(OpenApiTypes.STR, "One JSON object a line.")},
    )
    def get(self, request: Request, reference: str) -> HttpResponse:
        """Give a bundle as lines of JSON, then the audit log's lines about its outcomes and itself, proof and signed head.

        `takeitdown check-bundle` checks it without us.
        """
        return _file(doors.actor_of(request).platform_id, reference)


@doors.person()
@require_GET
def bundles(request: HttpRequest) -> HttpResponse:
    """Show a platform's bundles, and ask for the days of the next."""
    today = timezone.now().date()
    return _bundles(request, PeriodForm(initial={"since": today - timedelta(days=29), "until": today}))


@doors.person(*EXPORTERS, is_fresh=True)
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """Make a bundle of the days that were asked for."""
    actor, form = doors.actor_of(request), PeriodForm(request.POST)
    if form.is_valid():
        try:
            actions.make_bundle(organisations.organisation_of(actor), **form.cleaned_data, actor=actor)
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            return redirect("bundles:page")
    return _bundles(request, form)


@doors.person(*EXPORTERS, is_fresh=True)
@require_GET
def download(request: HttpRequest, reference: str) -> HttpResponse:
    """Give a bundle as a file."""
    return _file(doors.actor_of(request).platform_id, reference)


def _bundles(request: HttpRequest, form: PeriodForm) -> HttpResponse:
    actor = doors.actor_of(request)
    context = {
        "section": "bundles",
        "form": form,
        "bundles": queries.bundles_of(actor.platform_id)[:100],
        "origin": settings.SITE_ORIGIN,
        "may_export": actor.person_role in EXPORTERS,
    }
    return render(request, "partners/bundles.html", context, status=400 if form.errors else 200)


def _file(organisation_id: int, reference: str) -> HttpResponse:
    bundle = queries.bundle_of(organisation_id, reference)
    name = f"take-it-down-{bundle.since}-{bundle.until}.ndjson"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(actions.signed_bundle(bundle), content_type=NDJSON, headers=headers)
