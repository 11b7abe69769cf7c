"""Let the test runner empty the append-only tables between tests, which nobody else may."""

from collections.abc import Sequence

from django.db.backends.postgresql.operations import DatabaseOperations

_flush = DatabaseOperations.execute_sql_flush


def _flush_with_triggers_off(self: DatabaseOperations, sql_list: Sequence[str]) -> None:
    with self.connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            _flush(self, sql_list)
        finally:
            cursor.execute("RESET session_replication_role")


def allow_flush() -> None:
    """Switch the triggers off for the flush alone."""
    DatabaseOperations.execute_sql_flush = _flush_with_triggers_off  # type: ignore[method-assign]
