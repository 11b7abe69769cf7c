"""Guidance pages: the same for everyone; nothing about the reader is asked or kept."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from portal.guidance import queries
from registry.access import doors


@doors.public
@require_GET
def leave(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - the same way out for everyone
    """Have the browser forget this site, and go where nobody wonders."""
    answer = HttpResponseRedirect(settings.EXIT_ADDRESS)
    answer.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return answer


@doors.public
@require_GET
def leaving(request: HttpRequest) -> HttpResponse:
    """Say how to leave fast, and what stays behind on the device."""
    return render(request, "guidance/leaving.html")


@doors.public
@require_GET
def threatened(request: HttpRequest) -> HttpResponse:
    """Say what to do tonight to someone who is being blackmailed."""
    return render(request, "guidance/threatened.html")


@doors.public
@require_GET
def guides(request: HttpRequest) -> HttpResponse:
    """Say what to press on each platform."""
    return render(request, "guidance/guides.html", {"platforms": queries.platforms(get_language() or "en")})


@doors.public
@require_GET
def letter(request: HttpRequest) -> HttpResponse:
    """Give a letter with everything the law asks of one, to send oneself."""
    return render(request, "guidance/letter.html")
