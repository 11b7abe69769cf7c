from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sandbox', '0001_first'),
    ]

    operations = [
        migrations.AlterField(
            model_name='fingerprint',
            name='signal_type',
            field=models.CharField(choices=[('pdq', 'pdq'), ('md5', 'md5'), ('sha256', 'sha256'), ('vpdq', 'vpdq'), ('tmk_pdqf', 'tmk_pdqf')], max_length=8),
        ),
    ]
