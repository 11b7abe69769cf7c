"""Write down which entry and platform the reviews of outcomes are about."""

from django.db import migrations

FORWARD = """
UPDATE reviews_review r SET entry_reference = o.entry_reference, organisation_id = o.organisation_id
FROM outcomes_outcome o WHERE r.kind = 'outcome' AND r.subject = o.reference
"""


class Migration(migrations.Migration):
    """Fill two columns."""

    dependencies = [("reviews", "0003_leases_decisions_notes"), ("outcomes", "0001_first")]
    operations = [migrations.RunSQL(FORWARD, "")]
