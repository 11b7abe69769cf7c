"""What production will not start with."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from portal.site import safety

ROOT = Path(__file__).resolve().parents[3]
SECRET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ"
GOOD = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": SECRET,
    "ALLOWED_HOSTS": "takeitdown.example",
    "SITE_ORIGIN": "https://takeitdown.example",
    "LOG_ORIGIN": "log.takeitdown.example",
    "FIELD_ENCRYPTION_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "REPORTER_ENCRYPTION_KEYS": "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=",
}


def manage(*arguments, **environment):
    """Run a management command with just this environment."""
    kept = {name: os.environ[name] for name in ("PATH", "DATABASE_URL", "HOME") if name in os.environ}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=kept | environment, capture_output=True, text=True, check=False)


def test_production_passes_every_deployment_check():
    """No warning of Django's own."""
    done = manage("check", "--deploy", "--fail-level", "WARNING", **GOOD)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": "a" * 60}, "SECRET_KEY"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
        ({"HTTPS": "false"}, "HTTPS"),
        ({"SITE_ORIGIN": "http://takeitdown.example"}, "SITE_ORIGIN"),
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
        ({"LOG_ORIGIN": "takeitdown.local"}, "LOG_ORIGIN"),
        ({"LOG_WINDOW_SECONDS": "51"}, "a withdrawal is published within a minute"),
        ({"CANARIES_EACH": "49"}, "CANARIES_EACH"),
        ({"FIELD_ENCRYPTION_KEYS": ""}, "FIELD_ENCRYPTION_KEYS"),
        ({"REPORTER_ENCRYPTION_KEYS": ""}, "REPORTER_ENCRYPTION_KEYS"),
        ({"CELERY_BROKER_URL": "redis://127.0.0.1:6379/0"}, "CELERY_BROKER_URL"),
        ({"CELERY_BROKER_URL": "amqp://127.0.0.1"}, "CELERY_BROKER_URL"),
    ],
)
def test_production_refuses_to_start_with_an_unsafe_value_and_names_it(change, named):
    """One line that says which."""
    done = manage("check", **(GOOD | change))
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert "Not starting in production" in last
    assert named in last


def test_safe_values_have_no_faults():
    """The other side of the table."""
    environment = {"DATABASE_URL": "postgres://db/x", "LOG_ORIGIN": "log.example", "FIELD_ENCRYPTION_KEYS": "x"}
    environment |= {"REPORTER_ENCRYPTION_KEYS": "y", "CELERY_BROKER_URL": "rediss://:a-password@valkey.internal/0"}
    assert safety.unsafe_settings(SECRET, ["takeitdown.example"], "https://takeitdown.example", True, environment) == []


@pytest.mark.usefixtures("django_db_setup")
@pytest.mark.parametrize(("owner", "limits"), [("1", ("2s", "15min")), ("0", ("0", "0"))])
def test_a_migration_never_waits_long_for_a_lock_nor_works_for_ever(owner, limits):
    """Whoever waits behind it would wait too; the application's own statements have no such limit here."""
    code = "from django.db import connection as c; k = c.cursor(); " + "; ".join(
        f"k.execute('SHOW {name}'); print(k.fetchone()[0])" for name in ("lock_timeout", "statement_timeout")
    )
    done = manage("shell", "--no-imports", "-c", code, AS_OWNER=owner)
    assert tuple(done.stdout.split()) == limits, done.stderr


def test_a_demonstration_is_never_seeded_in_production():
    """Known credentials have no place there."""
    done = manage("seed_demo", **GOOD)
    assert done.returncode != 0
    assert "never put into production" in done.stderr
