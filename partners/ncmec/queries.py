"""Read the list in this dialect's windows of time."""

from partners.feed import queries as feed
from partners.feed.queries import Page
from partners.ncmec.rules import Window

PAGE_SIZE = 3000
"""Leaves a page is made from. The field's client throws pages away until its window is small enough; with pages of
3,000 it asks 52 to 116 times for its first 100,000 entries, with pages of 1,000 it asked 161 to 292 times."""


def page_start(window: Window, organisation_id: int) -> int:
    """Give the leaf after which a page of this window starts.

    A window that begins where an earlier one of the same platform ended goes on at the very leaf that one reached:
    what was published meanwhile with an older time is served, though the clock says it belongs to the past.
    """
    if window.after is not None:
        return window.after
    reached = feed.reached_at(organisation_id, window.begin)
    return feed.last_before(window.begin) if reached is None else reached


def entries_page(window: Window, after: int) -> Page:
    """Give the next entries of the window after a leaf."""
    return feed.page(after, feed.last_before(window.end), PAGE_SIZE)
