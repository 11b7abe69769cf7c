"""Make the inner hashes and the fold of leaves that were written before there were tables for them."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from registry.log import merkle

LIVE = ("list", "resume", "restore", "weigh")
BATCH = 10_000


def fill(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Read each log once from its beginning; a log that has its inner hashes already is left alone."""
    node, leaf = apps.get_model("log", "Node"), apps.get_model("log", "Leaf")
    for log in ("list", "audit"):
        frontier = merkle.Frontier()
        leaves = leaf.objects.filter(log=log).order_by("leaf_index").values_list("leaf_hash", flat=True)
        for hashed in [] if node.objects.filter(log=log).exists() else leaves.iterator(BATCH):
            frontier.append(bytes(hashed))
        node.objects.bulk_create(
            (node(log=log, level=level, place=place, hash=hashed) for level, place, hashed in frontier.completed), BATCH
        )
    with editor.connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO log_live (subject, commit, leaf_index) "
            "SELECT subject, decode(record::jsonb ->> 'commit', 'hex'), leaf_index FROM ("
            "SELECT DISTINCT ON (subject) * FROM log_leaf WHERE log = 'list' AND event <> 'state' "
            "ORDER BY subject, leaf_index DESC) AS last WHERE event = ANY(%s) ON CONFLICT DO NOTHING",
            [list(LIVE)],
        )


class Migration(migrations.Migration):
    """Fill what is derived."""

    dependencies = [("log", "0004_guards_and_bell")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
