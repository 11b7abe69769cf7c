"""Set windows, retire reasons and offer them again: one atomic verb each."""

from collections.abc import Collection

from django.db import connection, transaction

from registry.access.actors import Actor
from registry.log import actions as log
from registry.log.events import Event
from registry.policy import queries, rules
from registry.policy.models import ChosenWindow, RetiredReason
from registry.policy.states import BOUNDS, ReasonList, Window


@transaction.atomic
def set_window(name: Window, hours: int, *, actor: Actor) -> None:
    """Set how long something may take, for what comes from now on. The same again changes nothing."""
    rules.check_sets(actor)
    rules.check_hours(hours, BOUNDS[name].least, BOUNDS[name].most)
    _lock()
    if queries.windows()[name] != hours:
        ChosenWindow.objects.update_or_create(name=name, defaults={"hours": hours})
        log.record(Event.POLICY_SET_WINDOW, actor=actor, subject=f"window:{name}", data={"hours": hours})


@transaction.atomic
def retire_reason(reasons: ReasonList, word: str, *, words: Collection[str], actor: Actor) -> None:
    """Offer a reason no longer. `words`: all that the list has. Again changes nothing."""
    rules.check_sets(actor)
    _lock()
    gone = queries.retired(reasons)
    if word not in gone:
        rules.check_left(word, set(words) - gone)
        RetiredReason.objects.create(list=reasons, word=word)
        log.record(Event.POLICY_RETIRE_REASON, actor=actor, subject=f"reasons:{reasons}", data={"word": word})


@transaction.atomic
def offer_reason(reasons: ReasonList, word: str, *, actor: Actor) -> None:
    """Offer a retired reason again. Again changes nothing."""
    rules.check_sets(actor)
    if RetiredReason.objects.filter(list=reasons, word=word).delete()[0]:
        log.record(Event.POLICY_OFFER_REASON, actor=actor, subject=f"reasons:{reasons}", data={"word": word})


def _lock() -> None:
    """Be the only one who changes settings until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE policy_retiredreason IN SHARE ROW EXCLUSIVE MODE")
