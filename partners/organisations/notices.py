"""Mail to people of platforms, and to those who apply. Sent when the transaction commits."""

from functools import partial
from typing import Any

from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string

from partners.organisations.models import Application, Invitation


def invited(invitation: Invitation, address: str) -> None:
    """Send the invitation's secret address, which is kept nowhere."""
    _send("invited", invitation.email, {"invitation": invitation, "address": address})


def application_moved(application: Application) -> None:
    """Say where an application stands now, and whose turn it is."""
    _send("application_moved", application.contact_email, {"application": application})


def _send(name: str, to: str, context: dict[str, Any]) -> None:
    subject = render_to_string(f"emails/{name}.subject.txt", context).strip()
    text = render_to_string(f"emails/{name}.txt", context)
    transaction.on_commit(partial(send_mail, subject, text, None, [to]))
