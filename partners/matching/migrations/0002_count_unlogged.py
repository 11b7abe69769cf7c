"""Count without a log: nobody waits for the disk, and after a crash a minute is counted anew."""

from django.db import migrations


class Migration(migrations.Migration):
    """Change how the table is kept."""

    dependencies = [("matching", "0001_first")]
    operations = [
        migrations.RunSQL("ALTER TABLE matching_allowance SET UNLOGGED", "ALTER TABLE matching_allowance SET LOGGED"),
    ]
