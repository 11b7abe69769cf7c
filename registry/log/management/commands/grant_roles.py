"""Give the database's roles what they need and no more. Run as the tables' owner after every migration."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from psycopg import sql

LOG_TABLES = ("log_pending", "log_leaf", "log_node", "log_checkpoint", "log_head", "log_live", "log_sleep")

APPLICATION = """
GRANT USAGE ON SCHEMA public TO {role};
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
REVOKE ALL ON {log_tables} FROM {role};
GRANT SELECT ON {log_tables} TO {role};
GRANT INSERT ON log_pending TO {role};
"""
"""The application reads everything, and adds to the log by its waiting line alone."""

QUEUE = """
GRANT USAGE, CREATE ON SCHEMA pgmq TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA pgmq TO {role};
GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA pgmq TO {role};
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA pgmq TO {role};
"""
"""Celery's queues are tables that the application makes itself."""

SEQUENCER = """
GRANT USAGE ON SCHEMA public TO {role};
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role};
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {role};
GRANT SELECT, DELETE ON log_pending TO {role};
GRANT SELECT, INSERT ON log_leaf, log_node, log_checkpoint TO {role};
GRANT SELECT, INSERT, UPDATE ON log_head, log_sleep TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON log_live TO {role};
"""
"""The sequencer moves waiting changes into the logs. It cannot read an entry's fingerprints."""


class Command(BaseCommand):
    """Grant to the application's and the sequencer's role, all at once or not at all. Doing it again changes nothing."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the roles' names."""
        parser.add_argument("--application", default="takeitdown", help="the role of DATABASE_URL")
        parser.add_argument("--sequencer", default="takeitdown_sequencer", help="the role of SEQUENCER_DATABASE_URL")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Grant; refuse when a role is missing or owns the tables, which no grant could bind."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT to_regnamespace('pgmq') IS NOT NULL, current_user")
            has_queue, owner = cursor.fetchone()
            for name, statements in (("application", APPLICATION + QUEUE * has_queue), ("sequencer", SEQUENCER)):
                role = options[name]
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
                if cursor.fetchone() is None:
                    raise CommandError(f"There is no role {role}: make it, or name another with --{name}.")
                if role == owner:
                    raise CommandError(f"{role} owns the tables, so nothing binds it: connect as another role.")
                tables = sql.SQL(", ").join(map(sql.Identifier, LOG_TABLES))
                cursor.execute(sql.SQL(statements).format(role=sql.Identifier(role), log_tables=tables))
