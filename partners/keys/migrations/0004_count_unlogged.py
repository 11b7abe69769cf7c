"""Count without a log: nobody waits for the disk, and after a crash a minute is counted anew."""

from django.db import migrations


class Migration(migrations.Migration):
    """Change how the table is kept."""

    dependencies = [("keys", "0003_scopes")]
    operations = [
        migrations.RunSQL("ALTER TABLE keys_allowance SET UNLOGGED", "ALTER TABLE keys_allowance SET LOGGED"),
    ]
