"""Answer platforms that ask instead of holding the list."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from partners.matching import actions, serializers
from partners.outcomes import forms
from registry.access import doors
from registry.access.actors import Scope


@doors.partner(Scope.MATCH_ASK)
class Match(APIView):
    """Hosted matching."""

    http_method_names = ["post"]

    @extend_schema(
        operation_id="match",
        request=serializers.QuestionSerializer,
        responses={200: serializers.AnswerSerializer},
    )
    def post(self, request: Request) -> Response:
        """Say which of up to 100 fingerprints are on the list, for platforms that do not hold it.

        What you ask about is kept nowhere. A match is a lead: look before you remove. A platform may ask about
        6,000 fingerprints a minute.
        """
        serializer = serializers.QuestionSerializer(data=forms.read_json(forms.read_body(request)))
        serializer.is_valid(raise_exception=True)
        found = actions.match(serializer.validated_data["fingerprints"], actor=doors.actor_of(request))
        return Response(serializers.answer(found))
