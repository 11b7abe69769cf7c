"""Keep what each platform has been served."""

from django.utils import timezone

from partners.feed.models import Download
from registry.access.actors import Actor
from registry.access.doors import Dialect


def record_download(
    dialect: Dialect,
    after: int,
    reached: int,
    rows: int,
    *,
    is_whole: bool,
    window_end: int | None = None,
    actor: Actor,
) -> None:
    """Record that leaves after `after` up to `reached` were served. One row an answer, written before it is given."""
    Download.objects.create(
        organisation_id=actor.platform_id,
        key_name=actor.reference,
        dialect=dialect.value,
        day=timezone.now().date(),
        after=after,
        reached=reached,
        rows=rows,
        is_whole=is_whole,
        window_end=window_end,
    )
