"""Sign in and out."""

import time
from urllib.parse import urlsplit

from allauth.account.views import LoginStageController, LoginView  # type: ignore[attr-defined]  # as allauth has them
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from portal.staff import queries
from portal.staff.forms import CodeForm, SignInForm
from registry.access import doors
from registry.access.refusals import Refused
from registry.accounts import actions as accounts

CODE_STAGE = "code"  # the stage that the site's adapter puts after the password
WRONG_CODE = gettext_lazy("This code is wrong or was used before. Try again with the next one.")


class SignIn(LoginView):
    """The first step: e-mail address and password."""

    template_name = "staff/sign_in.html"
    form_class = SignInForm


sign_in = doors.staff_sign_in(require_http_methods(["GET", "POST"])(SignIn.as_view()))


@doors.staff_sign_in
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponseBase:
    """Ask for the code, the second step. Only here does a session of the person's begin."""
    stage = LoginStageController.enter(request, CODE_STAGE)
    if stage is None:
        return redirect("account_login")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            device = accounts.sign_in(stage.login.user, form.cleaned_data["code"])
        except Refused as refusal:
            form.add_error("code", refusal.reason)
        else:
            if device is not None:
                stage.login.user.otp_device = device
                response: HttpResponseBase = stage.exit()
                request.session[queries.SIGNED_IN_AT] = request.session[queries.CODE_AT] = int(time.time())
                return response
            form.add_error("code", WRONG_CODE)
    return render(request, "staff/code.html", {"form": form}, status=200 if not form.errors else 400)


@doors.staff()
@require_http_methods(["GET", "POST"])
def code_again(request: HttpRequest) -> HttpResponse:
    """Ask for a code again before what is most sensitive, then lead back to it."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            is_right = accounts.step_up(form.cleaned_data["code"], actor=doors.actor_of(request))
        except Refused as refusal:
            form.add_error("code", refusal.reason)
        else:
            if is_right:
                request.session[queries.CODE_AT] = int(time.time())
                return redirect(_own_page(request.GET.get("next", "")))
            form.add_error("code", WRONG_CODE)
    status = 200 if not form.errors else 400
    return render(request, "staff/code_again.html", {"form": form, "section": "you"}, status=status)


@doors.staff()
@require_POST
def switch_keys(request: HttpRequest) -> HttpResponse:
    """Switch the one-letter keys off or on, for those whom they disturb."""
    request.session[queries.KEYS_OFF] = not request.session.get(queries.KEYS_OFF, False)
    return redirect(_own_page(urlsplit(request.headers.get("Referer", "")).path))


@doors.staff()
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    accounts.sign_out(actor=doors.actor_of(request))
    logout(request)
    return redirect("account_login")


def _own_page(path: str) -> str:
    """Give the page to go back to: one of the staff site's own, or the queue."""
    return path if path.startswith(settings.STAFF_PATH) and "//" not in path else reverse(settings.LOGIN_REDIRECT_URL)
