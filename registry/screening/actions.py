"""Screen what is listed for pictures that everybody has. Silently: who reported one is never told."""

from django.db import transaction
from django.utils import timezone

from registry.access.actors import Actor
from registry.entries import actions as entries
from registry.entries import queries as entry_queries
from registry.entries.states import FlagKind
from registry.log import actions as log
from registry.log.events import Event
from registry.screening import queries, rules
from registry.screening.models import BenignPicture
from registry.screening.states import BenignReason

BATCH = 1000


@transaction.atomic
def add_benign(digest: str, *, reason: BenignReason, note: str, actor: Actor) -> BenignPicture:
    """Put a picture on the benign list. What is listed already is screened for it soon. Again changes nothing."""
    digest = rules.canonical_digest(digest)
    rules.check_note(note)
    fields = {"reason": reason, "note": note, "added_by": str(actor), "added_on": timezone.now().date()}
    picture, is_new = BenignPicture.objects.get_or_create(digest=digest, defaults=fields)
    if is_new:
        log.record(Event.BENIGN_ADD, actor=actor, subject=f"benign:{picture.pk}", data={"reason": reason.value})
    return picture


@transaction.atomic
def remove_benign(picture: BenignPicture, *, actor: Actor) -> None:
    """Take a picture off the benign list. Flags that it led to stay."""
    subject = f"benign:{picture.pk}"
    if BenignPicture.objects.filter(pk=picture.pk).delete()[0]:
        log.record(Event.BENIGN_REMOVE, actor=actor, subject=subject)


@transaction.atomic
def screen_new(*, actor: Actor) -> int:
    """Flag new entries that look like a picture everybody has; give how many leaves were read."""
    cursor = queries.lock_cursor()
    end, listed = queries.newly_listed(cursor.next_leaf, BATCH)
    benign = queries.benign_index()
    for reference in sorted({reference for reference, digest in listed if benign.within(digest)}):
        entries.open_flag(entry_queries.entry_named(reference), FlagKind.BENIGN, actor=actor)
    read = end - cursor.next_leaf
    cursor.next_leaf = end
    cursor.save(update_fields=["next_leaf"])
    return read


@transaction.atomic
def screen_listed(*, actor: Actor) -> None:
    """Flag what was listed before a picture was put on the benign list."""
    for picture in BenignPicture.objects.select_for_update(skip_locked=True).filter(is_screened=False):
        for reference, _ in queries.near(picture.digest):
            entries.open_flag(entry_queries.entry_named(reference), FlagKind.BENIGN, actor=actor)
        picture.is_screened = True
        picture.save(update_fields=["is_screened"])
