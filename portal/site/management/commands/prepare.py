"""Bring the database, the signing key and the static files to what this version of the service needs, before anything serves."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


class Command(BaseCommand):
    """Migrate where that is pending, grant, make the log's key where there is none, pack the static files, seed if asked."""

    help = __doc__ or ""
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whether a demonstration is wanted."""
        parser.add_argument("--seed", action="store_true", help="fill an empty database with a demonstration")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Do each step once; a second run changes nothing."""
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False, verbosity=0)
        call_command("grant_roles")
        call_command("log_key", "--ensure")
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        if options["seed"]:
            call_command("seed_demo")
