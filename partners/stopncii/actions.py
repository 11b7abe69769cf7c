"""Serve hashes and take feedback in this dialect."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from partners.feed import actions as feed
from partners.feed import queries as feed_queries
from partners.feed.queries import Page
from partners.outcomes import actions as outcomes
from partners.stopncii import queries, rules
from partners.stopncii.rules import Query
from registry.access.actors import Actor
from registry.access.doors import Dialect
from registry.entries import queries as entries


def serve_hashes(query: Query, *, actor: Actor) -> Page:
    """Give a page of the list and record that it was served."""
    log = feed_queries.list_of(actor)
    if not query.is_full:
        today = timezone.now().date()
        last_full = queries.last_full_read(actor.platform_id)
        if not rules.is_fresh(last_full, today):
            rules.check_none_removed(queries.has_removals_since(log, last_full))
    after = queries.page_start(log, query)
    page = queries.hashes_page(log, query, after, actor.platform_id)
    is_whole = query.is_full and query.after is None and page.reached > after  # an empty list is not begun
    feed.record_download(Dialect.STOPNCII, after, page.reached, len(page.rows), is_whole=is_whole, actor=actor)
    return page


@transaction.atomic
def take_feedback(feedback: Sequence[tuple[str, str]], *, actor: Actor) -> list[bool]:
    """Record (hash, feedback value) pairs, all or none; tell for each whether its value is one that is recorded."""
    votes = []
    for position, (hash_value, value) in enumerate(feedback):
        found = queries.listed_with(feed_queries.list_of(actor), hash_value)
        rules.check_known(bool(found), position)
        if value in rules.VOTES:
            votes += [(reference, signal_type, *rules.VOTES[value]) for reference, signal_type in found]
    entries.lock_held({vote[0] for vote in votes})  # all at once: two batches that overlap would wait for each other
    for reference, signal_type, vote, reason in votes:
        outcomes.submit_feedback(reference, signal_type, vote, reason, actor=actor)
    return [value in rules.VOTES for _, value in feedback]
