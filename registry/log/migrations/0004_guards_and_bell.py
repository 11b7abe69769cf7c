"""Keep inner hashes and waiting changes as they were written; ring for the sequencer only while it sleeps."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER log_node_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_node
    FOR EACH STATEMENT EXECUTE FUNCTION log_refuse_change();
CREATE TRIGGER log_pending_unchanged BEFORE UPDATE OR TRUNCATE ON log_pending
    FOR EACH STATEMENT EXECUTE FUNCTION log_refuse_change();
CREATE FUNCTION log_ring() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM log_sleep WHERE asleep) THEN
        PERFORM pg_notify('log_pending', '');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER log_pending_ring AFTER INSERT ON log_pending FOR EACH STATEMENT EXECUTE FUNCTION log_ring();
ALTER TABLE log_pending SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
"""
BACKWARD = """
ALTER TABLE log_pending RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);
DROP TRIGGER log_pending_ring ON log_pending;
DROP FUNCTION log_ring();
DROP TRIGGER log_pending_unchanged ON log_pending;
DROP TRIGGER log_node_append_only ON log_node;
"""


class Migration(migrations.Migration):
    """Add the triggers."""

    dependencies = [("log", "0003_tiles_fold_and_sleep")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
