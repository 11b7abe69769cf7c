"""Give the database's roles what they need and no more. Run as the tables' owner after every migration."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

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
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA pgmq TO {role};
GRANT ALL ON {queue_tables} TO {role};
"""
"""Celery's queues are tables that the application makes itself, beside the few that the migration made."""

OWN_QUEUE_TABLES = """
SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace('pgmq') AND relkind IN ('r', 'p')
    AND pg_get_userbyid(relowner) = current_user ORDER BY relname
"""

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
    """Grant to the application's and the sequencer's role, all or nothing. Doing it again changes nothing."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the roles' names."""
        parser.add_argument("--application", help="its role, where that is not the one in DATABASE_URL")
        parser.add_argument("--sequencer", help="its role, where that is not the one in SEQUENCER_DATABASE_URL")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Grant; refuse when a role is missing or, in production, owns the tables, which no grant could bind."""
        roles: dict[str, str] = {
            "application": options["application"] or _role(settings.APPLICATION_DATABASE_URL),
            "sequencer": options["sequencer"] or _role(settings.SEQUENCER_DATABASE_URL),
        }
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT to_regnamespace('pgmq') IS NOT NULL, current_user")
            has_queue, owner = cursor.fetchone()
            cursor.execute(OWN_QUEUE_TABLES)
            queue_tables = [sql.Identifier("pgmq", table) for (table,) in cursor.fetchall()]
            for name, statements in (("application", APPLICATION + QUEUE * has_queue), ("sequencer", SEQUENCER)):
                role = roles[name]
                if role in (owner, "") and not settings.PRODUCTION:
                    self.stderr.write(f"The {name} connects as the tables' owner, so nothing binds it.")
                    continue
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
                if cursor.fetchone() is None:
                    raise CommandError(f"There is no role {role}: make it, or name another with --{name}.")
                if role == owner:
                    raise CommandError(f"The {name} must not connect as the tables' owner, whom nothing binds.")
                names = {
                    "role": sql.Identifier(role),
                    "log_tables": sql.SQL(", ").join(map(sql.Identifier, LOG_TABLES)),
                    "queue_tables": sql.SQL(", ").join(queue_tables),
                }
                cursor.execute(sql.SQL(statements).format(**names))


def _role(address: str) -> str:
    """Give the role an address connects as; nothing when it does not say."""
    return str(conninfo_to_dict(address).get("user") or "")
