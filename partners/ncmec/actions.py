"""Serve entries in this dialect."""

from partners.feed import actions as feed
from partners.feed import queries as feed_queries
from partners.feed.queries import Page
from partners.ncmec import queries
from partners.ncmec.rules import Window
from registry.access.actors import Actor
from registry.access.doors import Dialect


def serve_entries(window: Window, *, actor: Actor) -> Page:
    """Give a page of a window and record that it was served; the last page closes the window."""
    after, page = queries.entries_page(window, actor)
    feed.record_download(
        Dialect.NCMEC,
        after,
        page.reached,
        len(page.rows),
        is_whole=after == feed_queries.BEFORE_THE_FIRST < page.reached,  # a window in which nothing lies begins nothing
        window_end=window.end if page.is_last else None,
        actor=actor,
    )
    return page
