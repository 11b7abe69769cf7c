"""Tools for every test: the database, the running service, the browser."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.servers.basehttp import WSGIRequestHandler
from pytest_django.plugin import DjangoDbBlocker

from registry.screening import queries as screening
from tests import append_only, browser, database
from tests.service import Service

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

append_only.allow_flush()
# Django's server sends head and body apart: the body would wait 40 ms for a word that the head has come.
WSGIRequestHandler.disable_nagle_algorithm = True


def pytest_configure(config: pytest.Config) -> None:
    """Start the database for pytest-xdist's workers, which share it."""
    if getattr(config.option, "numprocesses", None):
        database.start()


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Have the run's own server, already migrated, serve the tests; TEST_DATABASE_URL gets a new database instead."""
    if database.is_elsewhere():
        request.getfixturevalue("django_db_setup")
        yield
        return
    worker = getattr(request.config, "workerinput", {}).get("workerid")
    database.start()
    if worker:
        database.use_copy_for(worker)
    with django_db_blocker.unblock():
        yield


@pytest.fixture(autouse=True)
def no_index_kept() -> Iterator[None]:
    """Leave no index of near-duplicates to the next test: it would hold entries that are gone, and follow a log that is."""
    yield
    screening.forget()


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Give the whole service, running: real processes, its own database, a demonstration in it."""
    running = Service(tmp_path_factory.mktemp("service") / "data").start()
    yield running
    running.stop()


@pytest.fixture
def make_service(tmp_path: Path) -> Iterator[Callable[..., Service]]:
    """Give services of the test's own, not started yet, for those that end processes; keywords are settings."""
    made: list[Service] = []

    def make(**settings: str) -> Service:
        made.append(Service(tmp_path / f"data {len(made)}", **settings))
        return made[-1]

    yield make
    for running in made:
        running.stop()


@pytest.fixture(scope="session")
def chromium() -> "Iterator[Browser]":
    """Give headless Chromium. A test makes a context for each person in it."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - dear, and only needed here

    # Playwright parks its event loop in this thread, which Django would take for code that must not wait.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=browser.executable(), args=browser.FLAGS)
        yield running
        running.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def person(chromium: "Browser") -> "Iterator[Callable[..., BrowserContext]]":
    """Give browsers of people who share nothing: no cookie, no cache. Keywords are Playwright's for a context."""
    contexts: list[BrowserContext] = []

    def arrive(**options: Any) -> "BrowserContext":
        contexts.append(chromium.new_context(**options))
        return contexts[-1]

    yield arrive
    for context in contexts:
        context.close()
