"""Take platforms' outcomes, and give each its own back."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from partners.outcomes import actions, forms, queries, serializers
from partners.outcomes.states import ErasureState
from registry.access import doors
from registry.access.actors import Actor, Scope

READ = ["get", "head"]
ANY_REFERENCE = {"type": "string", "pattern": serializers.NO_REFERENCE}
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
        request=serializers.OutcomeSerializer,
        responses={201: serializers.ShownOutcomeSerializer},
    )
    def post(self, request: Request) -> Response:
        """Record what you did about a match. The Idempotency-Key header makes a retry safe.

        An outcome is never changed; a later one with `corrects` replaces it.
        """
        payload = forms.read_body(request)
        serializer = serializers.OutcomeSerializer(data=forms.read_json(payload))
        serializer.is_valid(raise_exception=True)
        actor = doors.actor_of(request)
        return _once(
            request,
            payload,
            lambda: serializers.shown(actions.report_outcome(serializer.reported(), actor=actor)),
            actor,
        )

    @extend_schema(
        operation_id="list_outcomes",
        parameters=[
            OpenApiParameter("after", ANY_REFERENCE, description="The last reference you have; none at first.")
        ],
        responses=serializers.ShownPageSerializer,
    )
    def get(self, request: Request) -> Response:
        """Give your own outcomes, oldest first; `next` is the `after` of the following page."""
        serializer = serializers.OwnOutcomesSerializer(data=request.query_params.dict())
        serializer.is_valid(raise_exception=True)
        organisation_id = doors.actor_of(request).platform_id
        found, following = queries.own_outcomes_page(organisation_id, serializer.validated_data["after"])
        return Response({"outcomes": [serializers.shown(outcome) for outcome in found], "next": following})


@doors.partner(Scope.OUTCOME_WRITE, has_sandbox=True)
class OutcomeBatch(APIView):
    """Many outcomes at once."""

    http_method_names = ["post"]

    @extend_schema(
        operation_id="report_outcomes",
        parameters=[IDEMPOTENCY_KEY],
        request=serializers.BatchSerializer,
        responses={201: serializers.ShownBatchSerializer},
    )
    def post(self, request: Request) -> Response:
        """Record up to 1,000 outcomes, all or none. A refusal names the place of the first that is wrong."""
        payload = forms.read_body(request)
        serializer = serializers.BatchSerializer(data=forms.read_json(payload))
        serializer.is_valid(raise_exception=True)
        actor = doors.actor_of(request)

        def report() -> dict[str, Any]:
            reported = actions.report_outcomes(serializer.reported(), actor=actor)
            return {"count": len(reported), "references": [outcome.reference for outcome in reported]}

        return _once(request, payload, report, actor)


@doors.partner(Scope.OUTCOME_WRITE, has_sandbox=True)
class Matches(APIView):
    """Matches that are not decided yet."""

    http_method_names = ["post"]

    @extend_schema(
        operation_id="report_matches",
        request=serializers.MatchBatchSerializer,
        responses={201: serializers.CountSerializer},
    )
    def post(self, request: Request) -> Response:
        """Say that entries matched, before you have decided: their 48 hours begin. The first word on an entry counts.

        What hosted matching finds is recorded by itself.
        """
        serializer = serializers.MatchBatchSerializer(data=forms.read_json(forms.read_body(request)))
        serializer.is_valid(raise_exception=True)
        count = actions.record_matches(serializer.said(), is_hosted=False, actor=doors.actor_of(request))
        return Response({"count": count}, status=status.HTTP_201_CREATED)


@doors.partner(Scope.OUTCOME_WRITE, has_sandbox=True)
class Clock(APIView):
    """The 48-hour clock."""

    http_method_names = READ

    @extend_schema(
        operation_id="read_clock",
        parameters=[
            OpenApiParameter("after", ANY_REFERENCE, description="The `next` of the page before; none at first.")
        ],
        responses=serializers.ClockSerializer,
    )
    def get(self, request: Request) -> Response:
        """Give your matches that are not decided yet, or were decided after more than 48 hours, oldest first."""
        serializer = serializers.OwnOutcomesSerializer(data=request.query_params.dict())
        serializer.is_valid(raise_exception=True)
        found, following = queries.clock(doors.actor_of(request).platform_id, serializer.validated_data["after"])
        return Response(serializers.shown_clock(found, following, timezone.now()))


@doors.partner(Scope.FEED_READ, has_sandbox=True)
class Receipts(APIView):
    """What a platform has taken in."""

    http_method_names = ["post"]

    @extend_schema(
        operation_id="acknowledge",
        request=serializers.NewReceiptSerializer,
        responses={201: serializers.ReceiptSerializer},
    )
    def post(self, request: Request) -> Response:
        """Say that you match against the list up to a leaf: it shows a regulator how fast you take it in."""
        serializer = serializers.NewReceiptSerializer(data=forms.read_json(forms.read_body(request)))
        serializer.is_valid(raise_exception=True)
        receipt = actions.acknowledge(**serializer.validated_data, actor=doors.actor_of(request))
        return Response(serializers.ReceiptSerializer(receipt).data, status=status.HTTP_201_CREATED)


@doors.partner(Scope.OUTCOME_WRITE, has_sandbox=True)
class Erasures(APIView):
    """What became of a platform's copies of withdrawn entries."""

    http_method_names = ["post"]

    @extend_schema(
        operation_id="report_erasure",
        request=serializers.NewErasureSerializer,
        responses={201: serializers.ErasureSerializer},
    )
    def post(self, request: Request) -> Response:
        """Say that you deleted your copy of a withdrawn entry's fingerprints, or on what basis you keep it."""
        serializer = serializers.NewErasureSerializer(data=forms.read_json(forms.read_body(request)))
        serializer.is_valid(raise_exception=True)
        sent, actor = serializer.validated_data, doors.actor_of(request)
        state = ErasureState(sent["state"])
        erasure = actions.report_erasure(sent["entry"], state, sent["at"], sent["basis"], actor=actor)
        return Response(serializers.ErasureSerializer(erasure).data, status=status.HTTP_201_CREATED)


def _once(request: Request, payload: bytes, answer: Callable[[], dict[str, Any]], actor: Actor) -> Response:
    given = actions.answer_once(request.headers.get("Idempotency-Key", ""), payload, answer, actor=actor)
    return Response(given, status=status.HTTP_201_CREATED)
