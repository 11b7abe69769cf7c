"""Give challenges to pages that are about to send."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from portal.challenges import queries
from registry.access import doors


@doors.public
@require_GET
def challenge(request: HttpRequest) -> JsonResponse:
    """Give a new challenge."""
    return JsonResponse(queries.new_challenge(request.META.get("REMOTE_ADDR", "")))
