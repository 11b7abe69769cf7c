"""Take platforms' outcomes, and give each its own back."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from partners.outcomes import actions, forms, queries
from partners.outcomes.serializers import (
    NO_REFERENCE,
    BatchSerializer,
    OutcomeSerializer,
    OwnOutcomesSerializer,
    ShownBatchSerializer,
    ShownOutcomeSerializer,
    ShownPageSerializer,
    shown,
)
from registry.access import doors
from registry.access.actors import Actor, Scope

ANY_REFERENCE = {"type": "string", "pattern": NO_REFERENCE}
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]([ -~]*[!-~])?$"},
    OpenApiParameter.HEADER,
    required=True,
    description="A new random value for each request, and the same one for its retries. At most 128 printable letters.",
)


@doors.partner(Scope.OUTCOME_WRITE, has_sandbox=True)
class Outcomes(APIView):
    """A platform's outcomes."""

    http_method_names = ["get", "head", "post"]

    @extend_schema(
        operation_id="report_outcome",
        parameters=[IDEMPOTENCY_KEY],
        request=OutcomeSerializer,
        responses={201: ShownOutcomeSerializer},
    )
    def post(self, request: Request) -> Response:
        """Record what you did about a match. The Idempotency-Key header makes a retry safe.

        An outcome is never changed; a later one with `corrects` replaces it.
        """
        payload = forms.read_body(request)
        serializer = OutcomeSerializer(data=forms.read_json(payload))
        serializer.is_valid(raise_exception=True)
        actor = doors.actor_of(request)
        return _once(request, payload, lambda: shown(actions.report_outcome(serializer.reported(), actor=actor)), actor)

    @extend_schema(
        operation_id="list_outcomes",
        parameters=[
            OpenApiParameter("after", ANY_REFERENCE, description="The last reference you have; none at first.")
        ],
        responses=ShownPageSerializer,
    )
    def get(self, request: Request) -> Response:
        """Give your own outcomes, oldest first; `next` is the `after` of the following page."""
        serializer = OwnOutcomesSerializer(data=request.query_params.dict())
        serializer.is_valid(raise_exception=True)
        organisation_id = doors.actor_of(request).platform_id
        found, following = queries.own_outcomes_page(organisation_id, serializer.validated_data["after"])
        return Response({"outcomes": [shown(outcome) for outcome in found], "next": following})


@doors.partner(Scope.OUTCOME_WRITE, has_sandbox=True)
class OutcomeBatch(APIView):
    """Many outcomes at once."""

    http_method_names = ["post"]

    @extend_schema(
        operation_id="report_outcomes",
        parameters=[IDEMPOTENCY_KEY],
        request=BatchSerializer,
        responses={201: ShownBatchSerializer},
    )
    def post(self, request: Request) -> Response:
        """Record up to 1,000 outcomes, all or none. A refusal names the place of the first that is wrong."""
        payload = forms.read_body(request)
        serializer = BatchSerializer(data=forms.read_json(payload))
        serializer.is_valid(raise_exception=True)
        actor = doors.actor_of(request)

        def report() -> dict[str, Any]:
            reported = actions.report_outcomes(serializer.reported(), actor=actor)
            return {"count": len(reported), "references": [outcome.reference for outcome in reported]}

        return _once(request, payload, report, actor)


def _once(request: Request, payload: bytes, answer: Callable[[], dict[str, Any]], actor: Actor) -> Response:
    given = actions.answer_once(request.headers.get("Idempotency-Key", ""), payload, answer, actor=actor)
    return Response(given, status=status.HTTP_201_CREATED)
