"""List made-up entries through the real verbs, in bulk, for tests and benchmarks. Refused in production."""

import random
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from hashing import pdq
from hashing.signal_types import SignalType
from registry.access.actors import system
from registry.entries import actions
from registry.entries.rules import SubmittedFingerprint, SubmittedItem

BATCH = 1000


class Command(BaseCommand):
    """Accept N made-up images, a thousand in a transaction, all held by one made-up report."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how many."""
        parser.add_argument("count", type=int)
        parser.add_argument(
            "--seed", type=int, default=None, help="make the same pictures as another run with this seed"
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Make and accept."""
        if settings.PRODUCTION:
            raise CommandError("Made-up entries have no place on a list that platforms act on.")
        draw = random.Random(options["seed"])  # noqa: S311 - pictures, not secrets
        holder = f"synthetic-{draw.getrandbits(64):016x}"
        count, begun = options["count"], time.perf_counter()
        for done in range(0, count, BATCH):
            items = [made_up_image(draw) for _ in range(min(BATCH, count - done))]
            actions.accept_items(items, holder=holder, actor=system("synthesis"))
        rate = count / (time.perf_counter() - begun)
        self.stdout.write(f"Listed {count} made-up entries, {rate:,.0f} a second.")


def made_up_image(draw: random.Random) -> SubmittedItem:
    """Give an image nobody has: a PDQ digest and an MD5."""
    return SubmittedItem(
        "image",
        (
            SubmittedFingerprint(SignalType.PDQ, pdq.made_up(draw), quality=100),
            SubmittedFingerprint(SignalType.MD5, f"{draw.getrandbits(128):032x}"),
        ),
    )
