"""Staff: what a reporter's browser makes of files of ours, by the very modules in headless Chromium."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Print one line of JSON a file; nothing is stored or sent."""

    help = "Hash files in headless Chromium, with the modules reporters' browsers run. Needs the development tools."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a picture or video on this machine")

    def handle(self, *args: Any, files: list[Path], **options: Any) -> None:  # noqa: ARG002 - Django's signature
        missing = [str(file) for file in files if not file.is_file()]
        if missing:
            raise CommandError(f"There is no file {', '.join(missing)}.")
        try:
            from hashing import headless  # noqa: PLC0415 - playwright is there only with the development tools
        except ImportError:
            raise CommandError("This needs the development tools: install requirements/develop.lock.") from None
        try:
            with headless.hashing() as hasher:
                for file in files:
                    self.stdout.write(json.dumps({"file": str(file), **hasher.hash(file)}))
        except headless.NoBrowser as error:
            raise CommandError(str(error)) from None
