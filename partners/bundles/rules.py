"""What a bundle covers, and how long it is kept. Takes values, raises Refused."""

from datetime import date, timedelta

from registry.access.refusals import Impossible, Refused

LONGEST = timedelta(days=366)
MOST_LINES = 100_000
KEPT = timedelta(days=30)
VERSION = 2


def check_period(since: date, until: date, today: date) -> None:
    """Refuse a period that is no period, has not come, or is too long for one bundle."""
    if until < since:
        raise Impossible("until: That day is before 'since'.")
    if since > today:
        raise Impossible("since: That day has not come yet.")
    if until - since > LONGEST:
        raise Impossible(f"until: A bundle covers at most {LONGEST.days} days. Make one for each year.")


def check_lines(count: int) -> None:
    """Refuse a bundle that is too long."""
    if count > MOST_LINES:
        raise Impossible(f"since: These days hold more than {MOST_LINES:,} lines. Make a bundle for fewer days.")


def check_signed(is_signed: bool) -> None:
    """Refuse to hand a bundle out before it is signed."""
    if not is_signed:
        raise Refused("This bundle is not signed yet. Ask again in a few seconds.")
