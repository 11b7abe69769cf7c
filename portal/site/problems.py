"""How an error is said: RFC 9457 problem+json to programs, a kind page to people."""

from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from rest_framework import exceptions
from rest_framework.response import Response

from registry.access.doors import Dialect
from registry.access.refusals import Refused, TooMany

TITLES = {
    400: "Not understood",
    401: "Key needed",
    403: "Not allowed",
    404: "Not found",
    405: "Wrong method",
    409: "Not possible now",
    411: "Length needed",
    413: "Too large",
    415: "Not taken here",
    422: "Does not match",
    429: "Too many requests",
    500: "Our mistake",
    503: "Not available just now",
}
CODE_AGAIN = {"/platforms/": "organisations:code_again"}
"""Where people are asked for a code again, if not on the staff's page."""
PAGES = {"/staff/": "errors/staff.html", "/platforms/": "errors/partner.html"}
UNAVAILABLE_SECONDS = "2"
PROGRAM_PATHS = ("/api/", "/ncmec/", "/stopncii/", "/log/")


def problem(status: int, code: str, detail: str) -> dict[str, Any]:
    """Give the members of an RFC 9457 problem. Its detail is shown to people by some programs, our own page among them."""
    return {
        "type": f"urn:takeitdown:problem:{code}",
        "title": TITLES.get(status, "Error"),
        "status": status,
        "detail": gettext(detail),
    }


def answer(request: HttpRequest, status: int, code: str, detail: str, way: str = "") -> HttpResponse:
    """Answer an error in the form the caller reads; to a person with the way on, where there is one."""
    if speaks_to_program(request):
        return JsonResponse(problem(status, code, detail), status=status, content_type="application/problem+json")
    title = gettext(TITLES.get(status, "Error"))
    context = {"status": status, "title": title, "detail": gettext(detail), "way": way}
    template = next((name for path, name in PAGES.items() if request.path.startswith(path)), "errors/error.html")
    return render(request, template, context, status=status)


def refusal(request: HttpRequest, refused: Refused) -> HttpResponse:
    """Answer a refused verb in its own words, and say when to come back if it says so."""
    response = answer(request, refused.status, refused.code, refused.reason)
    if isinstance(refused, TooMany):
        response.headers["Retry-After"] = str(refused.wait)
    return response


def speaks_to_program(request: HttpRequest) -> bool:
    """Tell whether the caller is a program: by the address it asked, what it sent, or what it accepts."""
    return (
        request.path.startswith(PROGRAM_PATHS)
        or request.content_type == "application/json"
        or "text/html" not in request.headers.get("Accept", "text/html" if request.method == "GET" else "")
    )


def unauthorised(request: HttpRequest, dialect: Dialect, *, is_mistyped: bool) -> HttpResponse:
    """Ask for a key in the way the dialect shows keys; say so when one was shown that can be nobody's."""
    ways = {
        Dialect.NATIVE: ("Bearer", "Send your key as 'Authorization: Bearer tid_…'."),
        Dialect.NCMEC: (
            'Basic realm="hash sharing", charset="UTF-8"',
            "Send your key's user name and the key by HTTP Basic.",
        ),
        Dialect.STOPNCII: ("Key", "Send x-functions-key and Ocp-Apim-Subscription-Key."),
    }
    scheme, words = ways[dialect]
    said = f"No valid key was shown. {words} A revoked or expired key is not valid."
    if is_mistyped:
        said = "This is no key of ours: a character is wrong or missing, or it is not a key. Copy the whole key again."
    response = answer(request, 401, "key-needed", said)
    response.headers["WWW-Authenticate"] = scheme
    return response


def unavailable(request: HttpRequest) -> HttpResponse:
    """Say that the database does not answer; what was sent was not taken and may be sent again."""
    response = answer(
        request,
        503,
        "unavailable",
        "We cannot take this just now. Nothing was lost or changed; try again in a few seconds.",
    )
    response.headers["Retry-After"] = UNAVAILABLE_SECONDS
    return response


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """Send a person to the sign-in page and back; tell a program plainly."""
    if request.method != "GET" or speaks_to_program(request):
        return answer(request, 403, "sign-in", "Sign in with your password and second factor first.")
    return HttpResponseRedirect(f"{reverse(settings.LOGIN_URL)}?next={quote(request.get_full_path())}")


def code_first(request: HttpRequest) -> HttpResponse:
    """Ask a signed-in person to prove themselves again, and lead them back; nothing was done yet."""
    page = next((name for path, name in CODE_AGAIN.items() if request.path.startswith(path)), "staff_code_again")
    if request.method != "GET" or speaks_to_program(request):
        came_from = urlsplit(request.headers.get("Referer", "")).path
        way = f"{reverse(page)}?next={quote(came_from)}"
        words = "Enter a code again first. Nothing was done yet; you come back to the page before this one."
        return answer(request, 403, "code-again", words, way)
    return HttpResponseRedirect(f"{reverse(page)}?next={quote(request.get_full_path())}")


def exception_handler(exception: Exception, context: dict[str, Any]) -> Response | None:
    """Turn what REST views raise into problem+json; anything unknown stays a 500."""
    headers = {}
    if isinstance(exception, TooMany):
        headers["Retry-After"] = str(exception.wait)
    if isinstance(exception, Refused):
        status, code, detail = exception.status, exception.code, exception.reason
    elif isinstance(exception, (OperationalError, InterfaceError)):
        status, code, detail = (
            503,
            "unavailable",
            "We cannot take this just now. Nothing was lost or changed; send it again.",
        )
        headers["Retry-After"] = UNAVAILABLE_SECONDS
    elif isinstance(exception, exceptions.MethodNotAllowed):
        allowed = ", ".join(context["view"].allowed_methods)
        status, code = 405, "wrong-method"
        detail = f"This address takes {allowed}, not {context['request'].method}."
    elif isinstance(exception, exceptions.APIException):
        status, code, detail = exception.status_code, _code_of(exception), _sentence(exception.detail)
    else:
        return None
    return Response(
        problem(status, code, detail), status=status, content_type="application/problem+json", headers=headers
    )


def _code_of(exception: exceptions.APIException) -> str:
    return str(exception.default_code).replace("_", "-")


def _sentence(detail: Any, name: str = "") -> str:
    """Flatten REST framework's nested messages into sentences that name the field."""
    if isinstance(detail, dict):
        return " ".join(_sentence(value, f"{name}.{key}" if name else str(key)) for key, value in detail.items())
    if isinstance(detail, list):
        parts = [
            (_sentence(value, f"{name}[{i}]" if isinstance(value, dict) else name))
            for i, value in enumerate(detail)
            if value
        ]
        return " ".join(parts)
    return f"{name}: {detail}" if name and name != "non_field_errors" else str(detail)
