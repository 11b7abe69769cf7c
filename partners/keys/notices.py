"""Mail about keys, to the people of an organisation who look after them."""

from functools import partial

from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string

from partners.keys.models import Key
from partners.organisations import queries as organisations
from registry.access.actors import PersonRole


def key_ends_soon(key: Key) -> None:
    """Say which key ends when, and how to go on without a gap. Sent when the transaction commits."""
    keepers = organisations.addresses_of(key.organisation.platform_id, PersonRole.OWNER, PersonRole.ENGINEER)
    context = {"key": key, "organisation": key.organisation}
    subject = render_to_string("emails/key_ends_soon.subject.txt", context).strip()
    text = render_to_string("emails/key_ends_soon.txt", context)
    for address in keepers:
        transaction.on_commit(partial(send_mail, subject, text, None, [address]))
