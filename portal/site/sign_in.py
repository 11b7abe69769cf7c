"""How staff are let in: allauth asks for the password, django-otp's device is the only second factor."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.views import LoginStage  # type: ignore[attr-defined]  # its home cannot be imported first
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from partners.organisations import queries as organisations
from registry.accounts import actions as accounts

CODE_STAGE = "code"


class StaffBackend(ModelBackend):
    """Know a person by password while their account is active and holds a role; asked anew at every request."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **named: Any
    ) -> Any:
        """Give the account, or None. An unknown address costs the same hashing as a wrong password."""
        email = str(named.get("email") or username or "")
        return super().authenticate(request, username=email.lower(), password=password)

    def user_can_authenticate(self, user: Any) -> bool:
        """Refuse an account that was disabled or has lost its roles, among staff and with any platform."""
        return bool(super().user_can_authenticate(user) and (user.roles or organisations.is_member(user.pk)))


class Adapter(DefaultAccountAdapter):
    """What allauth asks this site."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "too_many_login_attempts": _("Too many tries for this address. Wait five minutes, then try again."),
    }

    def add_message(self, *_args: Any, **_kwargs: Any) -> None:
        """Say nothing on the way in or out; the page one arrives at says enough."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        """Nobody signs up; an administrator adds people."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Lead staff to their queue, and people of platforms to their platform."""
        account: Any = request.user
        return str(super().get_login_redirect_url(request)) if account.roles else reverse("dashboard:home")

    def get_login_stages(self) -> list[str]:
        """After the password comes the code, for everybody."""
        return [f"{CodeStage.__module__}.{CodeStage.__qualname__}"]

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:  # noqa: ARG002 - allauth's signature
        """Record a wrong password."""
        accounts.refuse_password(str(credentials.get("email", "")))


class CodeStage(LoginStage):
    """The second step of signing in. There is no session of the person's before it is done."""

    key = CODE_STAGE
    urlname = "staff_code"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Send the person to the page that asks for the code."""
        return HttpResponseRedirect(reverse(self.urlname)), True
