"""Mail to people of platforms, to those who apply, and to staff whose turn it is. Sent when the transaction commits."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string

from partners.organisations.models import Application, Invitation, Organisation
from registry.access.actors import Role
from registry.accounts.models import Account


def invited(invitation: Invitation, address: str) -> None:
    """Send the invitation's secret address, which is kept nowhere."""
    _send("invited", invitation.email, {"invitation": invitation, "address": address})


def application_received(application: Application, address: str) -> None:
    """Send an applicant the secret address that says where it stands, which is kept nowhere."""
    _send("application_received", application.contact_email, {"application": application, "address": address})


def application_moved(application: Application) -> None:
    """Say where an application stands now, and whose turn it is."""
    _send("application_moved", application.contact_email, {"application": application})


def application_waits(application: Application, staff: Iterable[Account]) -> None:
    """Tell the staff whose turn it is that an application waits for them, and where: not all may open its own page."""
    for account in staff:
        is_manager = Role.PARTNER_MANAGER.value in account.roles
        page = f"platforms/{application.reference}/" if is_manager else "reviews/?kind=activation"
        address = f"{settings.SITE_ORIGIN}/staff/{page}"
        _send("application_waits", account.email, {"application": application, "address": address})


def whole_reads_paused(organisation: Organisation, addresses: Iterable[str]) -> None:
    """Tell a platform's owners and engineers that it cannot begin the list anew, and what to do."""
    for address in addresses:
        _send("whole_reads_paused", address, {"organisation": organisation})


def _send(name: str, to: str, context: dict[str, Any]) -> None:
    subject = render_to_string(f"emails/{name}.subject.txt", context).strip()
    text = render_to_string(f"emails/{name}.txt", context)
    transaction.on_commit(partial(send_mail, subject, text, None, [to]))
