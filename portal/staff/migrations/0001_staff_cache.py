"""Make the table in which failed sign-ins are counted, the one Django's database cache reads."""

from django.db import migrations

FORWARD = """
CREATE TABLE staff_cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX staff_cache_expires ON staff_cache (expires);
"""


class Migration(migrations.Migration):
    """Add the cache's table."""

    dependencies = []
    operations = [migrations.RunSQL(FORWARD, "DROP TABLE staff_cache")]
