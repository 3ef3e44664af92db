from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0008_grant_edition'),
    ]

    operations = [
        migrations.AddField(
            model_name='upstreamticket',
            name='charge',
            field=models.CharField(default='', max_length=64),
        ),
        migrations.AddField(
            model_name='upstreamticket',
            name='paid_by',
            field=ArrayField(base_field=models.CharField(max_length=32), default=list, size=None),
        ),
        migrations.AddField(
            model_name='upstreamticket',
            name='pages',
            field=models.PositiveSmallIntegerField(default=1),
        ),
    ]
