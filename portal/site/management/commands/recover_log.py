"""After a backup was restored: bring the log up to what was published, and erase again what was withdrawn since."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from psycopg.errors import InsufficientPrivilege

from partners.sandbox import actions as sandbox
from registry.access.actors import system
from registry.entries import actions as entries
from registry.log import signing
from registry.log.publication import Publication
from registry.log.sequencer import ADVISORY_LOCK, Forked, Sequencer
from registry.log.states import LogName


class Command(BaseCommand):
    """Run as the tables' owner while the sequencer is stopped. All of it happens, or none; doing it again is safe."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Lock, add the missing leaves, follow them."""
        path = settings.LOG_SIGNING_KEY_FILE
        publication = Publication(settings.PUBLISHED_DIR, settings.LOG_ORIGIN, listed=signing.listed_keys(path))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ADVISORY_LOCK])
            if not cursor.fetchone()[0]:
                raise CommandError("The sequencer is running: stop it first.")
            sequencer = Sequencer(connection.connection, publication)
            try:
                records = {log: sequencer.recover(log) for log in LogName}
            except Forked as error:
                raise CommandError(str(error)) from error
            except InsufficientPrivilege as error:
                raise CommandError(
                    "Only the tables' owner may do this: set AS_OWNER=1 and MIGRATION_DATABASE_URL."
                ) from error
            lines = {log: [json.loads(record) for record in found] for log, found in records.items()}
            erased, lost = 0, list[str]()
            if any(lines.values()):
                listed, audited = lines[LogName.LIST], lines[LogName.AUDIT]
                erased, lost = entries.follow_log(listed, audited, actor=system("recovery"))
                sandbox.follow_log(lines[LogName.SANDBOX])
        self.stdout.write(
            f"Leaves added: {len(lines[LogName.LIST])} to the list, {len(lines[LogName.AUDIT])} to the audit log."
        )
        self.stdout.write(
            f"Entries erased again: {erased}. Entries listed since the backup and lost with it: {len(lost)}."
        )
        for reference in lost:
            self.stdout.write(f"  {reference}")
