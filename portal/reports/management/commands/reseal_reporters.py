"""Close what reporters wrote under the newest key, so that an older one can be thrown away."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.conversations import actions as conversations
from portal.reports import actions


class Command(BaseCommand):
    """Run after putting a new key first in REPORTER_ENCRYPTION_KEYS; then the older keys may go."""

    help = __doc__ or ""

    def handle(self, *_: Any, **__: Any) -> None:
        """Close all of it again."""
        count = actions.reseal() + conversations.reseal_messages()
        self.stdout.write(f"{count} sealed values are closed under the newest key.")
