"""Let the platforms there are go on reading, each with a sandbox; let those on their way accept the agreement again."""

from django.db import migrations
from django.db.models import Max
from django.utils import timezone


def forward(apps, schema_editor):
    """Activate whoever could read until now. An application past its agreement has no sandbox, and gets one by it."""
    Organisation = apps.get_model("organisations", "Organisation")
    Organisation.objects.filter(sandbox_of=None).update(activated_on=timezone.now().date())
    highest = Organisation.objects.aggregate(highest=Max("member_id"))["highest"] or 10
    for number, organisation in enumerate(Organisation.objects.order_by("member_id"), highest + 1):
        name = f"{organisation.name} (sandbox)"
        Organisation.objects.create(name=name, member_id=number, sandbox_of=organisation)
    Application = apps.get_model("organisations", "Application")
    Application.objects.filter(state__in=["agreed", "proposed"]).update(state="approved")


class Migration(migrations.Migration):
    """Fill in."""

    dependencies = [("organisations", "0004_sandbox")]
    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
