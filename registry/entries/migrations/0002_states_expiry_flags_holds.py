import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import registry.entries.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('entries', '0001_first'),
    ]

    operations = [
        migrations.CreateModel(
            name='Flag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('benign', 'Looks like something everybody has'), ('disputed', 'Platforms say it is not what it was reported as'), ('reported again', 'Reported again after it was rejected')], max_length=14)),
                ('is_open', models.BooleanField(default=True)),
                ('opened_on', models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name='HeldChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=registry.entries.models.new_reference, editable=False, max_length=30, unique=True)),
                ('verb', models.CharField(max_length=10)),
                ('reason', models.CharField(choices=[('feedback', 'Platforms dispute it'), ('unusual volume', "It matches far more than one person's picture would"), ('benign', 'It shows something everybody has, such as a logo'), ('not intimate', 'A platform saw it and it is not what it was reported as'), ('reviewed', 'Looked at again'), ('mistake', 'An earlier decision was wrong')], max_length=14)),
                ('entries', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), size=None)),
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('agreed', 'Agreed'), ('declined', 'Declined')], default='proposed', max_length=8)),
                ('proposed_by', models.CharField(max_length=64)),
                ('decided_by', models.CharField(blank=True, default='', max_length=64)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='entry',
            name='entry_withdrawn_has_no_nonce',
        ),
        migrations.AddField(
            model_name='claim',
            name='expires_on',
            field=models.DateField(default=datetime.date(2036, 12, 31)),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='entry',
            name='confidence',
            field=models.CharField(choices=[('self-reported', 'Self-reported'), ('corroborated', 'Corroborated'), ('disputed', 'Disputed')], default='self-reported', max_length=13),
        ),
        migrations.AlterField(
            model_name='claim',
            name='state',
            field=models.CharField(choices=[('active', 'Active'), ('paused', 'Paused'), ('withdrawn', 'Withdrawn'), ('expired', 'Expired')], default='active', max_length=9),
        ),
        migrations.AlterField(
            model_name='entry',
            name='state',
            field=models.CharField(choices=[('pending', 'Pending'), ('listed', 'Listed'), ('paused', 'Paused'), ('quarantined', 'Quarantined'), ('rejected', 'Rejected'), ('withdrawn', 'Withdrawn'), ('expired', 'Expired')], default='pending', max_length=11),
        ),
        migrations.AddIndex(
            model_name='claim',
            index=models.Index(condition=models.Q(('state__in', ['active', 'paused'])), fields=['expires_on'], name='claim_by_expiry'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('nonce', None), ('state__in', ['expired', 'withdrawn'])), models.Q(models.Q(('state__in', ['expired', 'withdrawn']), _negated=True), ('nonce__isnull', False)), _connector='OR'), name='entry_erased_has_no_nonce'),
        ),
        migrations.AddField(
            model_name='flag',
            name='entry',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='flags', to='entries.entry'),
        ),
        migrations.AddConstraint(
            model_name='heldchange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_by', ''), ('state', 'proposed')), models.Q(models.Q(('state', 'proposed'), _negated=True), models.Q(('decided_by', ''), _negated=True), models.Q(('decided_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='hold_decided_by_another'),
        ),
        migrations.AddConstraint(
            model_name='flag',
            constraint=models.UniqueConstraint(condition=models.Q(('is_open', True)), fields=('entry', 'kind'), name='flag_open_once'),
        ),
    ]
