"""Read what a person asks of the dashboard by its address."""

from partners.dashboard.queries import PERIODS


def read_period(text: str) -> int:
    """Read a number of days; 30 where it is none that is offered."""
    return int(text) if text in {str(period) for period in PERIODS} else 30
