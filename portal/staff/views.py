"""Sign in and out."""

import time
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import django_otp
from allauth.account.views import LoginStageController, LoginView  # type: ignore[attr-defined]  # as allauth has them
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.policies import OFFLINE_POLICY
from portal.staff import queries
from portal.staff.forms import CodeForm, InvitationForm, JoinForm, RolesForm, SignInForm
from registry.access import doors
from registry.access.actors import Actor, ActorKind, Role
from registry.access.refusals import Invalid, Refused
from registry.accounts import actions as accounts
from registry.accounts import queries as account_queries
from registry.accounts.forms import PasskeyForm, ProofForm

CODE_STAGE = "code"  # the stage that the site's adapter puts after the password


class SignIn(LoginView):
    """The first step: e-mail address and password."""

    template_name = "staff/sign_in.html"
    form_class = SignInForm


sign_in = doors.sign_in(require_http_methods(["GET", "POST"])(SignIn.as_view()))


@doors.sign_in
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponseBase:
    """Ask for a code or a passkey, the second step. Only here does a session of the person's begin."""
    stage = LoginStageController.enter(request, CODE_STAGE)
    if stage is None:
        return redirect("account_login")
    account, now = stage.login.user, int(time.time())
    form = ProofForm(request, account)
    device = form.proved_by(partial(accounts.sign_in, account))
    if device is None:
        return render(request, "staff/code.html", {"form": form}, status=form.status)
    account.otp_device = device
    response: HttpResponseBase = stage.exit()
    request.session[account_queries.SIGNED_IN_AT] = request.session[account_queries.PROVED_AT] = now
    return response


@doors.staff()
@require_http_methods(["GET", "POST"])
def code_again(request: HttpRequest) -> HttpResponse:
    """Ask for a code or a passkey again before what is most sensitive, then lead back to it."""
    actor = doors.actor_of(request)
    form = ProofForm(request, queries.account_of(actor))
    if form.proved_by(partial(accounts.step_up, actor=actor)):
        request.session[account_queries.PROVED_AT] = int(time.time())
        return redirect(_own_page(request.GET.get("next", "")))
    return render(request, "staff/code_again.html", {"form": form, "section": "you"}, status=form.status)


@doors.staff()
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Lead a person to where their work begins."""
    return redirect(queries.links_for(doors.actor_of(request))[0].address)


@doors.staff()
@require_POST
def switch_keys(request: HttpRequest) -> HttpResponse:
    """Switch the one-letter keys off or on, for those whom they disturb."""
    request.session[queries.KEYS_OFF] = not request.session.get(queries.KEYS_OFF, False)
    return redirect(_own_page(urlsplit(request.headers.get("Referer", "")).path))


@doors.staff_sign_in
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Take up an invitation: address, code, a password. What follows is the person's own authenticator app."""
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            account = accounts.join(**form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            request.session.cycle_key()
            request.session[queries.JOINING] = str(account.reference)
            return redirect("staff_join_app")
    return render(request, "staff/join.html", {"form": form}, status=200 if not form.errors else 400)


@doors.staff_sign_in
@require_http_methods(["GET", "POST"])
def join_app(request: HttpRequest) -> HttpResponse:
    """Enrol the app of the person who has just joined, and hand them their recovery codes."""
    account = queries.joining(request.session)
    if account is None:
        return redirect("staff_join")
    themselves = Actor(ActorKind.STAFF, str(account.reference))
    return _enrol_app(request, account, themselves)


@doors.staff()
@require_GET
def you(request: HttpRequest) -> HttpResponse:
    """Show a person their own account."""
    actor = doors.actor_of(request)
    context = {"section": "you", "account": request.user, "factors": queries.factors_of(actor), "roles": actor.roles}
    return render(request, "staff/you.html", context)


@doors.staff()
@require_GET
def fingerprint(request: HttpRequest) -> HttpResponse:
    """Show what the reporters' page makes of one file on this device. The page can send nothing."""
    response = render(request, "staff/fingerprint.html", {"section": "you"})
    response.headers["Content-Security-Policy"] = OFFLINE_POLICY
    return response


@doors.staff(is_fresh=True)
@require_http_methods(["GET", "POST"])
def new_app(request: HttpRequest) -> HttpResponse:
    """Put another authenticator app in place of one's own."""
    actor = doors.actor_of(request)
    return _enrol_app(request, queries.account_of(actor), actor)


@doors.staff(is_fresh=True)
@require_POST
def new_recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make a new sheet of recovery codes for oneself; it is shown once."""
    actor = doors.actor_of(request)
    sheet = accounts.enrol_recovery_codes(queries.account_of(actor), actor=actor)
    return render(request, "staff/recovery_codes.html", {"section": "you", "sheet": sheet})


@doors.staff(is_fresh=True)
@require_http_methods(["GET", "POST"])
def passkeys(request: HttpRequest) -> HttpResponse:
    """Show one's own passkeys; add one."""
    actor = doors.actor_of(request)
    account = queries.account_of(actor)
    form = PasskeyForm(request, account)
    if form.try_to(lambda: accounts.enrol_passkey(account, form.answer(), form.cleaned_data["name"], actor=actor)):
        return redirect("staff_passkeys")
    context = {"section": "you", "form": form, "passkeys": account_queries.passkeys_of(account)}
    return render(request, "staff/passkeys.html", context, status=form.status)


@doors.staff(is_fresh=True)
@require_POST
def remove_passkey(request: HttpRequest) -> HttpResponse:
    """Remove one of one's own passkeys."""
    accounts.remove_passkey(request.POST.get("passkey", ""), actor=doors.actor_of(request))
    return redirect("staff_passkeys")


@doors.staff(Role.ADMINISTRATOR, Role.AUDITOR)
@require_http_methods(["GET", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """Show who is on the staff; invite somebody."""
    actor = doors.actor_of(request)
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        try:
            accounts.invite_account(sent["email"], sent["roles"], join_address=_join_address(), actor=actor)
        except Invalid as refusal:
            form.add_error("roles", refusal.reason)
        else:
            messages.success(request, gettext("Invited. The code is on its way to %s.") % sent["email"])
            return redirect("staff_people")
    context = {
        "section": "people",
        "form": form,
        "people": queries.people(actor),
        "may_change": queries.appoints(actor),
    }
    return render(request, "staff/people.html", context, status=200 if not form.errors else 400)


@doors.staff(Role.ADMINISTRATOR)
@require_POST
def set_roles(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Give somebody other roles."""
    form = RolesForm(request.POST)
    if not form.is_valid():
        raise Invalid(gettext("Choose at least one role."))
    account = queries.member_referred(reference)
    accounts.set_roles(account, form.cleaned_data["roles"], actor=doors.actor_of(request))
    messages.success(request, gettext("The roles of %s are changed.") % account.email)
    return redirect("staff_people")


@doors.staff(Role.ADMINISTRATOR, is_fresh=True)
@require_POST
def reinvite(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Let somebody who lost password or phone begin anew."""
    account = queries.member_referred(reference)
    accounts.reinvite_account(account, join_address=_join_address(), actor=doors.actor_of(request))
    messages.success(request, gettext("A new code is on its way to %s.") % account.email)
    return redirect("staff_people")


@doors.staff(Role.ADMINISTRATOR)
@require_POST
def disable(request: HttpRequest, reference: UUID) -> HttpResponse:
    """End an account at once."""
    account = queries.member_referred(reference)
    accounts.disable_account(account, actor=doors.actor_of(request))
    messages.success(request, gettext("%s can no longer sign in, and is out already.") % account.email)
    return redirect("staff_people")


@doors.staff()
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    accounts.sign_out(actor=doors.actor_of(request))
    logout(request)
    return redirect("account_login")


def _enrol_app(request: HttpRequest, account: Any, actor: Actor) -> HttpResponse:
    """Offer a secret, take the app's first code, enrol; then show a new sheet of recovery codes, once."""
    form = CodeForm(request.POST or None)
    offer = request.session.get(queries.OFFER)
    if offer is None:
        request.session[queries.OFFER] = offer = accounts.offer_totp(account)
    if request.method == "POST" and form.is_valid():
        try:
            # Whoever is in stays in, by the new app; whoever joins is not in yet, and this changes nothing for them.
            django_otp.login(request, accounts.confirm_totp(account, offer, form.cleaned_data["code"], actor=actor))
        except Refused as refusal:
            form.add_error("code", refusal.reason)
        else:
            sheet = accounts.enrol_recovery_codes(account, actor=actor)
            for name in (queries.OFFER, queries.JOINING):
                request.session.pop(name, None)
            return render(request, "staff/recovery_codes.html", {"section": "you", "sheet": sheet})
    secret = accounts.shown_offer(account, offer)
    context = {"section": "you", "form": form, "secret": secret, "picture": queries.picture_of(account, secret)}
    return render(request, "staff/app.html", context, status=200 if not form.errors else 400)


def _join_address() -> str:
    address: str = settings.SITE_ORIGIN + reverse("staff_join")
    return address


def _own_page(path: str) -> str:
    """Give the page to go back to: one of the staff site's own, or the queue."""
    return path if path.startswith(settings.STAFF_PATH) and "//" not in path else reverse(settings.LOGIN_REDIRECT_URL)
