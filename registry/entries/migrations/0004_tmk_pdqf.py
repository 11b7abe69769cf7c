import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('entries', '0003_claim_made_on'),
    ]

    operations = [
        migrations.CreateModel(
            name='Features',
            fields=[
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='features', serialize=False, to='entries.entry')),
                ('content', models.BinaryField()),
            ],
        ),
        migrations.AlterField(
            model_name='fingerprint',
            name='signal_type',
            field=models.CharField(choices=[('pdq', 'pdq'), ('md5', 'md5'), ('sha256', 'sha256'), ('vpdq', 'vpdq'), ('tmk_pdqf', 'tmk_pdqf')], max_length=8),
        ),
    ]
