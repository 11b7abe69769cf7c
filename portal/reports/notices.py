"""Mail to people who asked for it. It says that something changed, never what, nor about whom."""

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils.translation import gettext


def something_changed(address: str) -> None:
    """Write once this transaction is through. The words fit any site: someone may read over a shoulder."""
    subject = gettext("There is something new")
    text = gettext("Something has changed since you last looked. Come back with your two codes when you are alone.")
    foot = gettext("You asked for this mail. We delete your address 30 days after the last one.")
    body = f"{text}\n\n{settings.SITE_ORIGIN}\n\n{foot}\n"
    transaction.on_commit(lambda: send_mail(subject, body, None, [address]))
