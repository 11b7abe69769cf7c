"""Take platforms' outcomes, and give each its own back."""

from typing import Any

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from partners.outcomes import actions, queries
from partners.outcomes.serializers import OutcomeSerializer, OwnOutcomesSerializer, shown
from registry.access import doors
from registry.access.actors import Scope


@doors.partner(Scope.OUTCOME_WRITE)
class Outcomes(APIView):
    """A platform's outcomes."""

    def post(self, request: Request) -> Response:
        """Record an outcome. The Idempotency-Key header makes a retry safe."""
        actor = doors.actor_of(request)
        payload = request.body
        serializer = OutcomeSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)

        def report() -> dict[str, Any]:
            return shown(actions.report_outcome(serializer.reported(), actor=actor))

        answer = actions.answer_once(request.headers.get("Idempotency-Key", ""), payload, report, actor=actor)
        return Response(answer, status=status.HTTP_201_CREATED)

    def get(self, request: Request) -> Response:
        """Give the caller's own outcomes, oldest first; `next` is the `after` of the following page."""
        serializer = OwnOutcomesSerializer(data=request.query_params.dict())
        serializer.is_valid(raise_exception=True)
        organisation_id = doors.actor_of(request).platform_id
        found, following = queries.own_outcomes_page(organisation_id, serializer.validated_data["after"])
        return Response({"outcomes": [shown(outcome) for outcome in found], "next": following})
