"""The staff's pages with ten thousand reviews waiting: the server time of each."""

import os
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from statistics import median, quantiles
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from django.db import connection  # noqa: E402 - after the settings
from django.test.utils import setup_test_environment  # noqa: E402
from django.utils import timezone  # noqa: E402

from partners.organisations import actions as organisations  # noqa: E402
from partners.outcomes.models import Outcome  # noqa: E402
from partners.outcomes.states import Decision  # noqa: E402
from portal.reviews.models import Review  # noqa: E402
from portal.reviews.states import ReviewKind  # noqa: E402
from registry.access.actors import Role, system  # noqa: E402
from tests import database  # noqa: E402
from tests.portal.staff.people import make_person, post  # noqa: E402

HEADING = "Staff"
REVIEWS = 10_000
ROUNDS = 40
BENCH = system("bench")
PAGES = {
    "the queue": "/staff/reviews/",
    "the queue, late ones": "/staff/reviews/?urgency=urgent",
    "the queue, one platform": "/staff/reviews/?kind=outcome&organisation={organisation}",
    "the queue, its last page": "/staff/reviews/?page=200",
    "one review": "/staff/reviews/{review}/",
    "the dashboard": "/staff/figures/",
}


def measure() -> str:
    """One table: the page and its server time."""
    database.start()
    setup_test_environment()
    names = fill()
    client = make_person("bench@example.org", Role.REVIEWER, Role.SENIOR_REVIEWER).sign_in()
    rows = [line(name, partial(client.get, path.format(**names))) for name, path in PAGES.items()]
    rows.append(line("take the next one, and put it back", lambda: take_and_release(client)))
    head = [
        f"{REVIEWS:,} reviews wait. A test holds the queue to 15 statements, whatever kinds wait.",
        "",
        "| page | median | 19 of 20 within | bound |",
    ]
    return "\n".join([*head, "| --- | --- | --- | --- |", *rows])


def fill() -> dict[str, str]:
    """Put in outcomes and their reviews, due over four days around now, straight in the tables."""
    platforms = [organisations.add_organisation(f"Platform {n}", actor=BENCH) for n in range(20)]
    now, minute = timezone.now(), timedelta(minutes=1)
    outcomes = Outcome.objects.bulk_create(
        Outcome(
            organisation=platforms[n % len(platforms)],
            entry_reference=f"{n:030x}",
            decision=Decision.REMOVED,
            decided_at=now - minute * (n % 5760),
            removed_at=now - minute * (n % 5760),
            recorded_on=now.date(),
            has_review=True,
        )
        for n in range(REVIEWS)
    )
    reviews = Review.objects.bulk_create(
        Review(
            kind=ReviewKind.OUTCOME,
            subject=outcome.reference,
            entry_reference=outcome.entry_reference,
            organisation_id=outcome.organisation_id,
            due_at=outcome.decided_at + timedelta(hours=48),
        )
        for outcome in outcomes
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {"organisation": str(platforms[0].pk), "review": reviews[0].reference}


def take_and_release(client: Any) -> Any:
    """Take what is most urgent and put it back."""
    taken = post(client, "/staff/reviews/take/")
    return post(client, f"{taken['Location']}release/")


def line(name: str, visit: Callable[[], Any]) -> str:
    """Time a page."""
    answer = visit()
    if answer.status_code not in (200, 302):
        raise AssertionError(f"{name}: {answer.status_code}")
    times = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        visit()
        times.append((time.perf_counter() - begin) * 1000)
    slowest = quantiles(times, n=20)[-1]
    bound = "≤ 150 ms" if name.startswith("the queue") else ""
    return f"| {name} | {median(times):.0f} ms | {slowest:.0f} ms | {bound} |"
