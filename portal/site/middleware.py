"""What holds for every answer: strict headers, small bodies, and a door on every view."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.urls import get_script_prefix, set_script_prefix
from django.utils import translation

from partners.keys import actions as keys
from partners.organisations import queries as organisations
from portal.guidance import queries as guidance
from portal.policies import PAGE_POLICY
from portal.site import problems
from portal.staff import queries as staff
from registry.access import doors
from registry.access.actors import Actor
from registry.access.refusals import NotAllowed, Refused
from registry.accounts import queries as accounts

Respond = Callable[[HttpRequest], HttpResponseBase]

DENIED_FEATURES = [
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

HEADERS = {
    "Content-Security-Policy": PAGE_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in DENIED_FEATURES),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Headers:
    """Put the strict headers on every answer, static files and errors included."""

    def __init__(self, get_response: Respond) -> None:
        """Wrap the rest of the stack."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, then add what is missing."""
        response = self.get_response(request)
        if response.status_code == HTTPStatus.NOT_MODIFIED:
            return response  # a browser puts its headers over those it keeps: another policy would unseal a worker
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class Limits:
    """Refuse what this service never takes: files, images, and bodies larger than a report can be."""

    def __init__(self, get_response: Respond) -> None:
        """Wrap the rest of the stack."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Look at the declared type and length before anything reads the body."""
        if "\0" in request.path_info:  # no name has one, and the database takes none
            return problems.answer(request, 404, "not-found", "There is nothing at this address.")
        kind = request.content_type or ""
        if kind.startswith(("multipart/", "image/", "video/", "audio/", "application/octet-stream")):
            return problems.answer(
                request,
                415,
                "media-refused",
                "Pictures and files are never taken here. Send fingerprints as application/json.",
            )
        if request.method not in SAFE_METHODS and request.headers.get("Sec-Fetch-Site") == "cross-site":
            return problems.answer(
                request, 403, "cross-site", "This was sent from another site. Open our own page and try again."
            )
        length = request.META.get("CONTENT_LENGTH") or "0"
        larger = (size for end, size in settings.LARGER_BODIES.items() if request.path_info.endswith(end))
        limit = next(larger, settings.LARGEST_BODY)
        if not length.isdigit() or int(length) > limit:
            return problems.answer(request, 413, "too-large", f"The body may be at most {limit} bytes.")
        if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
            return problems.answer(request, 411, "length-required", "Send a Content-Length.")
        return self.get_response(request)


class Language:
    """Speak the language that the address begins with (`/es/…`), or else the first one the browser asks for.

    Nothing is remembered: every link on a page leads on in the language the page was asked for.
    """

    def __init__(self, get_response: Respond) -> None:
        """Wrap the rest of the stack."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Take the language off the address before anybody looks for a view."""
        code, _, rest = request.path_info.removeprefix("/").partition("/")
        before = get_script_prefix()
        guidance.renew_words()
        if code in guidance.offered():
            request.path_info = f"/{rest}"
            set_script_prefix(f"/{code}/")
        else:
            code = guidance.best_language(request.headers.get("Accept-Language", ""))
        try:
            with translation.override(code):
                response = self.get_response(request)
        finally:
            set_script_prefix(before)  # the thread's next request is somebody else's
        response.headers.setdefault("Content-Language", str(code))
        return response


class StaffSite:
    """Keep cookies, and what makes them safe, to the staff site: elsewhere none is read, and none is set."""

    def __init__(self, get_response: Respond) -> None:
        """Wrap the rest of the stack."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Take the cookies out of a request for a public or partner page, and out of its answer."""
        if request.path_info.startswith(settings.STAFF_PATH):
            response = self.get_response(request)
            # Under no-referrer a browser hides where our own forms come from, and forged ones would look the same.
            response.headers["Referrer-Policy"] = "same-origin"
            return response
        request.META.pop("HTTP_COOKIE", None)
        response = self.get_response(request)
        response.cookies.clear()
        return response


class Doors:
    """Enforce the door each view declares, and turn a refusal into an answer, once for all views."""

    def __init__(self, get_response: Respond) -> None:
        """Wrap the views."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on, for the work is done when the view is known; say a refused method in words."""
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            allowed = response.headers["Allow"]
            words = f"This address takes {allowed}, not {request.method}."
            response = problems.answer(request, 405, "wrong-method", words)
            response.headers["Allow"] = allowed
        return response

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., Any],
        args: Any,  # noqa: ARG002 - Django's signature
        kwargs: Any,  # noqa: ARG002
    ) -> HttpResponseBase | None:
        """Let the caller in, or say why not."""
        door = doors.door_of(view)
        if door is None or not door.is_on(settings.DOORS):
            return problems.answer(request, 404, "not-found", "There is nothing at this address.")
        if door.surface is doors.Surface.PARTNER:
            return self._admit_person(request, door) if door.person_roles else self._admit_partner(request, door)
        if door.surface is doors.Surface.STAFF and not door.signs_in:
            return self._admit_staff(request, door)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a refusal in the words it was raised with."""
        if isinstance(exception, Refused):
            return problems.refusal(request, exception)
        if isinstance(exception, (OperationalError, InterfaceError)):
            return problems.unavailable(request)
        return None

    def _admit_partner(self, request: HttpRequest, door: doors.Door) -> HttpResponseBase | None:
        assert door.dialect is not None
        assert door.scope is not None
        try:
            actor: Actor | None = keys.authenticate(door.dialect, request.headers, request.META["REMOTE_ADDR"])
        except Refused as refused:
            return problems.refusal(request, refused)
        if actor is None:
            is_mistyped = keys.is_mistyped(door.dialect, request.headers)
            return problems.unauthorised(request, door.dialect, is_mistyped=is_mistyped)
        if door.scope not in actor.scopes:
            return problems.answer(request, 403, "not-allowed", f"This key does not hold the scope {door.scope.value}.")
        if actor.is_test and not door.has_sandbox:
            words = "There is no sandbox at this address; a test key opens nothing here."
            return problems.answer(request, 403, "not-allowed", words)
        request.actor = actor  # type: ignore[attr-defined]  # read by the view behind this door
        return None

    def _admit_person(self, request: HttpRequest, door: doors.Door) -> HttpResponseBase | None:
        actor = organisations.actor_for(request.user, request.session)
        if actor is None:
            return problems.sign_in_first(request)
        if actor.person_role not in door.person_roles:
            return problems.answer(
                request, 403, "not-allowed", "Your role in your organisation does not open this page."
            )
        if door.is_fresh and not accounts.is_fresh(request.session):
            return problems.code_first(request)
        request.actor = actor  # type: ignore[attr-defined]  # read by the view behind this door
        return None

    def _admit_staff(self, request: HttpRequest, door: doors.Door) -> HttpResponseBase | None:
        actor = staff.actor_for(request.user, request.session)
        if actor is None:
            request.session.flush()
            return problems.sign_in_first(request)
        if not actor.roles & door.roles:
            return problems.answer(request, 403, NotAllowed.code, "Your role does not open this page.")
        if door.is_fresh and not accounts.is_fresh(request.session):
            return problems.code_first(request)
        request.actor = actor  # type: ignore[attr-defined]  # read by the view behind this door
        return None
