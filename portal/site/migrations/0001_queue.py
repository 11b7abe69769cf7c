"""Install PGMQ, the message queue inside PostgreSQL that Celery uses unless CELERY_BROKER_URL names a broker."""

from django.db import migrations
from pgmq.install import get_embedded_install_sql


class Migration(migrations.Migration):
    """Plain SQL in a schema of its own: no extension, no superuser."""

    dependencies = []
    operations = [migrations.RunSQL(get_embedded_install_sql(), "DROP SCHEMA pgmq CASCADE")]
