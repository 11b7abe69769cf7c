"""What each role of the database may do to the log."""

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from registry.access.actors import system
from registry.log import actions as log
from registry.log.events import Change, Event

pytestmark = pytest.mark.django_db
ROLES = {"application": "test_application", "sequencer": "test_sequencer"}
TABLES = ["log_pending", "log_leaf", "log_node", "log_checkpoint", "log_head", "log_live", "log_sleep"]
MAY = {
    "test_application": {"log_pending": {"INSERT", "SELECT"}},
    "test_sequencer": {
        "log_pending": {"SELECT", "DELETE"},
        "log_leaf": {"SELECT", "INSERT"},
        "log_node": {"SELECT", "INSERT"},
        "log_checkpoint": {"SELECT", "INSERT"},
        "log_head": {"SELECT", "INSERT", "UPDATE"},
        "log_sleep": {"SELECT", "INSERT", "UPDATE"},
        "log_live": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    },
}


@pytest.fixture
def granted():
    """Make the roles and grant twice: the second time changes nothing."""
    with connection.cursor() as cursor:
        for role in ROLES.values():
            cursor.execute(f"CREATE ROLE {role}; GRANT {role} TO CURRENT_USER WITH SET TRUE")
        for _ in range(2):
            call_command("grant_roles", **ROLES)
        yield cursor
        cursor.execute("RESET ROLE")


@pytest.mark.parametrize("role", ROLES.values())
@pytest.mark.parametrize("table", TABLES)
def test_a_role_may_do_to_a_log_table_what_it_needs_and_no_more(granted, role, table):
    """Role × table × privilege."""
    privileges = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"]
    granted.execute(
        "SELECT array_agg(p) FROM unnest(%s::text[]) AS p WHERE has_table_privilege(%s, %s, p)",
        [privileges, role, table],
    )
    assert set(granted.fetchone()[0] or ()) == MAY[role].get(table, {"SELECT"})


@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("table", TABLES)
def test_the_application_is_stopped_when_it_tries_to_change_a_log_table(granted, table, statement):
    """By PostgreSQL, in its own role; the triggers have nothing to do with it."""
    column = "asleep" if table == "log_sleep" else "subject" if table == "log_live" else "log"
    granted.execute("SET ROLE test_application")
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        granted.execute(statement.format(table, column, column))


def test_the_sequencer_reaches_nothing_but_the_log(granted):
    """No fingerprint, report or account."""
    granted.execute(
        "SELECT array_agg(relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' "
        "AND has_table_privilege('test_sequencer', oid, 'SELECT')"
    )
    assert set(granted.fetchone()[0]) == set(TABLES)


def test_the_application_writes_its_acts_and_uses_its_queue(granted):
    """Everything it does on a day."""
    granted.execute("SET ROLE test_application")
    log.record(Event.ENTRY_LIST, actor=system("test"), subject="entry:1")
    log.publish(Change.LIST, subject="1", commit=bytes(32))
    granted.execute("SELECT pgmq.create('mine'), pgmq.send('mine', '{}')")
    granted.execute("SELECT msg_id FROM pgmq.read('mine', 1, 1)")
    assert granted.fetchone() == (1,)
    granted.execute("RESET ROLE")
    call_command("grant_roles", **ROLES)  # the queue's tables are the application's own; that is in nobody's way


def test_the_sequencer_sequences_with_its_own_role_alone(granted, sequencer):
    """List and audit."""
    log.record(Event.ENTRY_LIST, actor=system("test"), subject="entry:1")
    log.publish(Change.LIST, subject="1", commit=bytes(32))
    granted.execute("SET ROLE test_sequencer")
    sequencer.resume()
    assert sequencer.step() == 2


@pytest.mark.parametrize("name", ROLES)
def test_a_role_that_is_missing_is_refused(granted, name):
    """In words that say how to name another."""
    with pytest.raises(CommandError, match=f"--{name}"):
        call_command("grant_roles", **ROLES | {name: "nobody_of_this_name"})


@pytest.mark.parametrize("name", ROLES)
def test_a_role_that_owns_the_tables_is_refused_in_production_and_said_elsewhere(granted, settings, name, capsys):
    """A grant would bind nobody."""
    granted.execute("SELECT current_user")
    roles = ROLES | {name: granted.fetchone()[0]}
    call_command("grant_roles", **roles)
    assert "nothing binds" in capsys.readouterr().err
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="owner"):
        call_command("grant_roles", **roles)
