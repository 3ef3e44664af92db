import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Agency',
            fields=[
                ('id', models.CharField(max_length=60, primary_key=True, serialize=False)),
                ('name_zh', models.CharField(max_length=100)),
                ('name_en', models.CharField(max_length=100)),
            ],
        ),
        migrations.CreateModel(
            name='Resource',
            fields=[
                ('id', models.CharField(max_length=60, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=20, null=True, unique=True)),
                ('name_zh', models.CharField(max_length=100)),
                ('name_en', models.CharField(max_length=100)),
                ('sharing_method', models.CharField(max_length=20)),
                ('update_frequency', models.CharField(max_length=20)),
                ('sharing_type', models.CharField(max_length=20)),
                ('legal_ground', models.CharField(max_length=200)),
                ('is_connected', models.BooleanField()),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='resources', to='catalogue.agency')),
            ],
        ),
        migrations.CreateModel(
            name='Field',
            fields=[
                ('id', models.CharField(max_length=121, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60)),
                ('name_zh', models.CharField(max_length=100)),
                ('name_en', models.CharField(max_length=100)),
                ('privacy', models.CharField(max_length=20)),
                ('sharing_type', models.CharField(max_length=20)),
                ('legal_ground', models.CharField(max_length=200)),
                ('resource', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='fields', to='catalogue.resource')),
            ],
        ),
        migrations.CreateModel(
            name='ServiceVersion',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('slug', models.CharField(max_length=100)),
                ('code', models.CharField(max_length=20)),
                ('version', models.CharField(max_length=64)),
                ('edition', models.PositiveIntegerField()),
                ('name_zh', models.CharField(max_length=100)),
                ('name_en', models.CharField(max_length=200)),
                ('effective_from', models.DateTimeField()),
                ('published_at', models.DateTimeField()),
                ('published_by', models.CharField(max_length=100)),
            ],
            options={
                'indexes': [models.Index(fields=['code'], name='service_by_code')],
                'constraints': [models.UniqueConstraint(fields=('slug', 'edition'), name='service_edition'), models.UniqueConstraint(fields=('slug', 'effective_from'), name='service_effective_from')],
            },
        ),
        migrations.AddConstraint(
            model_name='resource',
            constraint=models.CheckConstraint(condition=models.Q(('sharing_type__in', ('unconditional', 'conditional', 'not_shared'))), name='resource_sharing_type'),
        ),
        migrations.AddConstraint(
            model_name='resource',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sharing_type', 'not_shared'), _negated=True), models.Q(('legal_ground', ''), _negated=True), _connector='OR'), name='resource_not_shared_has_a_ground'),
        ),
        migrations.AddConstraint(
            model_name='field',
            constraint=models.UniqueConstraint(fields=('resource', 'name'), name='field_once_a_resource'),
        ),
        migrations.AddConstraint(
            model_name='field',
            constraint=models.CheckConstraint(condition=models.Q(('privacy__in', ('public', 'personal', 'sensitive'))), name='field_privacy'),
        ),
        migrations.AddConstraint(
            model_name='field',
            constraint=models.CheckConstraint(condition=models.Q(('sharing_type__in', ('unconditional', 'conditional', 'not_shared'))), name='field_sharing_type'),
        ),
        migrations.AddConstraint(
            model_name='field',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sharing_type', 'not_shared'), _negated=True), models.Q(('legal_ground', ''), _negated=True), _connector='OR'), name='field_not_shared_has_a_ground'),
        ),
    ]
