"""Draw the states of an entry from the table they are checked by."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from registry.entries.states import ENDS, START, TRANSITIONS

PAGE = """# The states of an entry

Drawn from `registry/entries/states.py` by `python manage.py draw_entry_states`; a test holds the two together.
Partners see `listed` as live and every other state as removed. An entry that ends is erased: its fingerprints and its
nonce are destroyed, and a tombstone stays in the log.

```mermaid
stateDiagram-v2
{arrows}
```

| verb | from | to | audit event | change on the list |
| --- | --- | --- | --- | --- |
{rows}
"""


def drawn() -> str:
    """Give the page."""
    arrows = [f"    [*] --> {START.value}"]
    rows = []
    for verb, step in TRANSITIONS.items():
        arrows += [f"    {source!s} --> {step.target!s}: {verb}" for source in sorted(step.sources)]
        sources = ", ".join(sorted(step.sources))
        rows.append(f"| {verb} | {sources} | {step.target!s} | `{step.event.value}` | `{step.change.value}` |")
    arrows += [f"    {end!s} --> [*]" for end in sorted(ENDS)]
    return PAGE.format(arrows="\n".join(arrows), rows="\n".join(rows))


def page() -> Path:
    """Give where the drawing lies."""
    return Path(settings.BASE_DIR) / "docs" / "entry-states.md"


class Command(BaseCommand):
    """Write docs/entry-states.md."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Draw and write."""
        page().write_text(drawn())
