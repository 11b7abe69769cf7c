"""Sign in and out."""

import time

from allauth.account.views import LoginStageController, LoginView  # type: ignore[attr-defined]  # as allauth has them
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from portal.staff import queries
from portal.staff.forms import CodeForm, SignInForm
from registry.access import doors
from registry.access.refusals import Refused
from registry.accounts import actions as accounts

CODE_STAGE = "code"  # the stage that the site's adapter puts after the password


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
                request.session[queries.SIGNED_IN_AT] = int(time.time())
                return response
            form.add_error("code", gettext("This code is wrong or was used before. Try again with the next one."))
    return render(request, "staff/code.html", {"form": form}, status=200 if not form.errors else 400)


@doors.staff()
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    accounts.sign_out(actor=doors.actor_of(request))
    logout(request)
    return redirect("account_login")
