"""Make, show, rotate or retire the log's signing keys."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from registry.log import notes, signing
from registry.log.states import LogName

CHANGES = {
    "ensure": ("make the key when there is none", signing.ensure_key),
    "rotate": ("make a new key, which signs from now on beside the present one", signing.rotate_key),
    "retire": ("let the newest key sign alone; the others stay listed", signing.retire_keys),
}


class Command(BaseCommand):
    """Print the verifier keys, newest first, after the change asked for. A running sequencer follows."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare at most one change."""
        group = parser.add_mutually_exclusive_group()
        for name, (meaning, _) in CHANGES.items():
            group.add_argument(f"--{name}", action="store_true", help=meaning)

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Change, then show."""
        path = settings.LOG_SIGNING_KEY_FILE
        for name, (_, change) in CHANGES.items():
            if options[name]:
                change(path)
        for log in LogName.values:
            for public in signing.listed_keys(path):
                self.stdout.write(notes.verifier_key(f"{settings.LOG_ORIGIN}/{log}", public))
