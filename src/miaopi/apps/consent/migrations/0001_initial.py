import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('id', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('application', models.CharField(max_length=40)),
                ('service', models.CharField(max_length=100)),
                ('version', models.CharField(max_length=64)),
                ('applicant', models.CharField(max_length=32)),
                ('actor', models.CharField(max_length=32)),
                ('scope', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), size=None)),
                ('separate', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), size=None)),
                ('purpose_zh', models.TextField()),
                ('purpose_en', models.TextField()),
                ('nonce', models.CharField(max_length=32)),
                ('given_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('signature', models.BinaryField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['applicant', '-given_at'], name='receipt_by_applicant'), models.Index(fields=['application'], name='receipt_by_application')],
                'constraints': [models.CheckConstraint(condition=models.Q(('scope__len__gt', 0)), name='receipt_has_a_scope'), models.CheckConstraint(condition=models.Q(('separate__contained_by', models.F('scope'))), name='receipt_separate_in_scope'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('given_at'))), name='receipt_expires_later')],
            },
        ),
    ]
