"""Tell people about their accounts: by mail to their own address, once the change stands."""

from django.core.mail import send_mail
from django.db import transaction
from django.utils.translation import gettext

from registry.accounts.models import Account


def send_invitation(account: Account, code: str, join_address: str) -> None:
    """Send the code of an invitation to the person themselves: nobody else ever sees it."""
    subject = gettext("Your place on the staff of Take It Down")
    text = gettext(
        "You have been invited to the staff of Take It Down.\n\n"
        "Open %(address)s within three days, and type your e-mail address and this code:\n\n    %(code)s\n\n"
        "Then choose a password and set up your own authenticator app. If you did not expect this, do nothing.\n"
    ) % {"address": join_address, "code": code}
    transaction.on_commit(lambda: send_mail(subject, text, None, [account.email]))
