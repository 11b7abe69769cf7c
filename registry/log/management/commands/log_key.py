"""Make or show the log's signing key."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from registry.log import notes, publication
from registry.log.states import LogName


class Command(BaseCommand):
    """Print the public verifier keys; with --ensure make the private key first when there is none."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare --ensure."""
        parser.add_argument("--ensure", action="store_true", help="make the key when there is none")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Make, then show."""
        if options["ensure"]:
            publication.ensure_key(settings.LOG_SIGNING_KEY_FILE)
        public = publication.load_key(settings.LOG_SIGNING_KEY_FILE).public_key().public_bytes_raw()
        for log in LogName.values:
            self.stdout.write(notes.verifier_key(f"{settings.LOG_ORIGIN}/{log}", public))
