"""Let the log's rows only ever be added: not updated, deleted or truncated, by anyone short of the tables' owner."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION log_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is append-only: % on % refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER log_leaf_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_leaf
    FOR EACH STATEMENT EXECUTE FUNCTION log_refuse_change();
CREATE TRIGGER log_checkpoint_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION log_refuse_change();
"""
BACKWARD = """
DROP TRIGGER log_checkpoint_append_only ON log_checkpoint;
DROP TRIGGER log_leaf_append_only ON log_leaf;
DROP FUNCTION log_refuse_change();
"""


class Migration(migrations.Migration):
    """Add the triggers."""

    dependencies = [("log", "0001_first")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
