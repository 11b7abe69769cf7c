"""The log's tables. Rows are only ever added; a trigger refuses anything else."""

from django.db import models

from registry.log.events import GONE
from registry.log.states import LogName


def _from_record(key: str, cast: str = "text") -> models.Func:
    """Give the SQL that reads a key of the canonical record, so that no column can differ from what was hashed."""
    return models.Func(models.F("record"), template=f"((%(expressions)s)::jsonb ->> '{key}')::{cast}")


class PendingChange(models.Model):
    """A committed change that has no leaf index yet: the sequencer's outbox."""

    log = models.CharField(max_length=7, choices=LogName.choices)
    record = models.JSONField()

    class Meta:
        db_table = "log_pending"
        indexes = [models.Index(fields=["log", "id"], name="log_pending_in_order")]


class Leaf(models.Model):
    """One line of a log: its canonical record (RFC 8785) and the hash of that."""

    pk = models.CompositePrimaryKey("log", "leaf_index")
    log = models.CharField(max_length=7, choices=LogName.choices)
    leaf_index = models.BigIntegerField()
    record = models.TextField()
    leaf_hash = models.BinaryField(max_length=32)
    event = models.GeneratedField(expression=_from_record("event"), output_field=models.TextField(), db_persist=True)
    subject = models.GeneratedField(
        expression=_from_record("subject"), output_field=models.TextField(), db_persist=True
    )
    published = models.GeneratedField(
        expression=_from_record("published", "bigint"), output_field=models.BigIntegerField(), db_persist=True
    )
    """Seconds since 1970, UTC; never less than the leaf's before. Empty for a reporter's acts, which keep a day."""

    class Meta:
        db_table = "log_leaf"
        indexes = [
            models.Index(fields=["log", "subject", "leaf_index"], name="log_leaf_of_subject"),
            models.Index(fields=["log", "published", "leaf_index"], name="log_leaf_by_time"),
            models.Index(fields=["log", "leaf_index"], condition=models.Q(event__in=GONE), name="log_leaf_gone"),
        ]


class Head(models.Model):
    """The right edge of a log's tree. One row a log, advanced by compare-and-swap on `size`."""

    log = models.CharField(max_length=7, choices=LogName.choices, primary_key=True)
    size = models.BigIntegerField(default=0)
    frontier = models.BinaryField(default=b"")
    published = models.BigIntegerField(default=0)

    class Meta:
        db_table = "log_head"


class SignedCheckpoint(models.Model):
    """A signed head, as it was published."""

    pk = models.CompositePrimaryKey("log", "size")
    log = models.CharField(max_length=7, choices=LogName.choices)
    size = models.BigIntegerField()
    note = models.TextField()

    class Meta:
        db_table = "log_checkpoint"


class Node(models.Model):
    """One inner hash of a tree, kept where a tile begins: the root of 256 neighbours of the level below."""

    pk = models.CompositePrimaryKey("log", "level", "place")
    log = models.CharField(max_length=7, choices=LogName.choices)
    level = models.SmallIntegerField()
    place = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        db_table = "log_node"


class Live(models.Model):
    """The fold of the list log: the entries that are live after its newest leaf, with their commitments."""

    subject = models.TextField(primary_key=True)
    commit = models.BinaryField(max_length=32)
    leaf_index = models.BigIntegerField()

    class Meta:
        db_table = "log_live"
        indexes = [models.Index(fields=["leaf_index"], name="log_live_by_leaf")]


class Sleep(models.Model):
    """Whether the sequencer sleeps, so that writers know when to ring. One row."""

    asleep = models.BooleanField(default=False)

    class Meta:
        db_table = "log_sleep"
