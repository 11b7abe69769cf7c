"""Answer the StopNCII v1 addresses."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from partners.feed import serializers as feed
from partners.stopncii import actions, forms, serializers
from registry.access import doors
from registry.access.actors import Scope
from registry.access.doors import Dialect
from registry.access.refusals import NotAllowed


@doors.partner(Scope.FEED_READ, Dialect.STOPNCII, has_sandbox=True)
@require_GET
def fetch_hashes(request: HttpRequest) -> HttpResponse:
    """Give a page of hashes from a second on."""
    query = forms.read_query(request.GET.dict())
    page = actions.serve_hashes(query, actor=doors.actor_of(request))
    token = "" if page.is_last else forms.write_token(query, page.reached)
    return feed.packed(request, JsonResponse(serializers.hashes_document(page.rows, query.start, token)))


@doors.partner(Scope.FEEDBACK_WRITE, Dialect.STOPNCII, has_sandbox=True)
class SubmitFeedback(APIView):
    """Platforms' words on hashes."""

    def post(self, request: Request) -> Response:
        """Record a batch, all or none. 'Blocked' and 'NotBlocked' are votes; other values are not recorded."""
        serializer = serializers.FeedbackSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        recorded = actions.take_feedback(serializer.votes(), actor=doors.actor_of(request))
        return Response({"count": len(recorded), "recorded": recorded})


@doors.partner(Scope.FEEDBACK_WRITE, Dialect.STOPNCII, has_sandbox=True)
@csrf_exempt
@require_POST
def submit_hashes(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - refused whatever it holds
    """Refuse: platforms list nothing here."""
    raise NotAllowed("Only the people shown list their pictures here; platforms cannot submit hashes.")
