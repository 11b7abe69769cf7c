"""Read the list in this dialect's windows of time."""

from partners.feed import queries as feed
from partners.feed.queries import Page
from partners.ncmec.rules import Window
from registry.access.actors import Actor

PAGE_SIZE = 3000
"""Leaves a page is made from. The field's client throws pages away until its window is small enough; with pages of
3,000 it asks 52 to 116 times for its first 100,000 entries, with pages of 1,000 it asked 161 to 292 times."""


def entries_page(window: Window, actor: Actor) -> tuple[int, Page]:
    """Give the leaf after which a page of this window starts, and the page.

    A window that begins where an earlier one of the same platform ended goes on at the very leaf that one reached:
    what was published meanwhile with an older time is served, though the clock says it belongs to the past.
    """
    log, reader = feed.list_of(actor), actor.platform_id
    begin, last = feed.leaves_of_window(log, reader, window.begin, window.end)
    after = begin if window.after is None else window.after
    return after, feed.page(log, after, last, PAGE_SIZE, reader)
