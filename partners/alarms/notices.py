"""Mail about alarms, to the staff who look after platforms."""

from functools import partial

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from partners.alarms.models import Alarm
from registry.access.actors import Role
from registry.accounts import queries as accounts


def alarm_raised(alarm: Alarm) -> None:
    """Say what was seen, and where to look. Sent when the transaction commits."""
    context = {"alarm": alarm, "address": f"{settings.SITE_ORIGIN}{reverse('alarms:alarms')}"}
    subject = render_to_string("emails/alarm_raised.subject.txt", context).strip()
    text = render_to_string("emails/alarm_raised.txt", context)
    for address in accounts.addresses_with(Role.PARTNER_MANAGER):
        transaction.on_commit(partial(send_mail, subject, text, None, [address]))
