"""Show the native API's description to programs and to people."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from partners.reference import queries
from registry.access import doors


@doors.public
@require_GET
def document(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - the same for everybody
    """Give the OpenAPI 3.1 document."""
    return JsonResponse(queries.document(), json_dumps_params={"indent": 1})


@doors.public
@require_GET
def package(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - the same for everybody
    """Give our package for platforms, as pip installs it from an address: nobody there has this repository."""
    return HttpResponse(queries.package(), content_type="application/zip")


@doors.public
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Show every operation on one page, without any script."""
    context = {"operations": queries.operations(), "refusals": queries.REFUSALS}
    return render(request, "partners/reference.html", context)
