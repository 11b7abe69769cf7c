"""What belongs to the whole site: is it up, and the pages for what went wrong."""

import logging
from typing import Any

from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from portal.site import problems
from registry.access import doors

logger = logging.getLogger(__name__)


@doors.public
def health(request: HttpRequest) -> HttpResponse:
    """Say whether this process can serve: 200 with a database, 503 without."""
    try:
        connection.ensure_connection()
    except OperationalError:
        return problems.answer(request, 503, "unavailable", "The database does not answer.")
    return JsonResponse({"status": "ok"})


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer an address nobody serves."""
    return problems.answer(request, 404, "not-found", "There is nothing at this address.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer our own mistake without a word of what was asked."""
    return problems.answer(
        request,
        500,
        "our-mistake",
        "Something went wrong on our side. Nothing you sent was lost or changed; please try again.",
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer a form that did not come from our own page."""
    return problems.answer(
        request, 403, "form-expired", "This form is too old or came from another page. Go back, reload and try again."
    )


def bad_request(request: HttpRequest, exception: Any) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer a request that no view could read."""
    return problems.answer(request, 400, "invalid", "The request could not be read.")
