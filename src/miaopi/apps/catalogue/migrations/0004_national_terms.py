import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0003_edition'),
    ]

    operations = [
        migrations.CreateModel(
            name='ResourceVersion',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField()),
                ('replaced_at', models.DateTimeField()),
                ('content', models.JSONField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='field',
            name='field_not_shared_has_a_ground',
        ),
        migrations.RemoveConstraint(
            model_name='resource',
            name='resource_not_shared_has_a_ground',
        ),
        migrations.AddField(
            model_name='agency',
            name='code',
            field=models.CharField(max_length=30, null=True, unique=True),
        ),
        migrations.AddField(
            model_name='field',
            name='length',
            field=models.CharField(default='', max_length=12),
        ),
        migrations.AddField(
            model_name='field',
            name='position',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='field',
            name='resource',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='fields', to='catalogue.resource'),
        ),
        migrations.AddField(
            model_name='field',
            name='type',
            field=models.CharField(default='', max_length=1),
        ),
        migrations.AddField(
            model_name='resource',
            name='abstract',
            field=models.CharField(default='', max_length=1000),
        ),
        migrations.AddField(
            model_name='resource',
            name='changed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='resource',
            name='class_code',
            field=models.CharField(max_length=40, null=True, unique=True),
        ),
        migrations.AddField(
            model_name='resource',
            name='mode',
            field=models.CharField(default='', max_length=20),
        ),
        migrations.AddField(
            model_name='resource',
            name='open_condition',
            field=models.CharField(default='', max_length=300),
        ),
        migrations.AddField(
            model_name='resource',
            name='openness',
            field=models.CharField(default='closed', max_length=20),
        ),
        migrations.AddField(
            model_name='resource',
            name='published_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='resource',
            name='related_codes',
            field=models.CharField(default='', max_length=400),
        ),
        migrations.AddField(
            model_name='resource',
            name='sharing_condition',
            field=models.CharField(default='', max_length=300),
        ),
        migrations.AddField(
            model_name='resource',
            name='steward',
            field=models.CharField(default='', max_length=100),
        ),
        migrations.AddField(
            model_name='resource',
            name='version',
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddConstraint(
            model_name='field',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sharing_type', 'not_shared'), _negated=True), ('legal_ground__regex', '[^\\s\xa0\u3000]{4}'), _connector='OR'), name='field_not_shared_by_law'),
        ),
        migrations.AddConstraint(
            model_name='resource',
            constraint=models.CheckConstraint(condition=models.Q(('openness__in', ('open', 'on_condition', 'closed'))), name='resource_openness'),
        ),
        migrations.AddConstraint(
            model_name='resource',
            constraint=models.CheckConstraint(condition=models.Q(('mode__in', ('', 'table', 'interface', 'file'))), name='resource_mode'),
        ),
        migrations.AddConstraint(
            model_name='resource',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sharing_type', 'not_shared'), _negated=True), ('legal_ground__regex', '[^\\s\xa0\u3000]{4}'), _connector='OR'), name='resource_not_shared_by_law'),
        ),
        migrations.AddField(
            model_name='resourceversion',
            name='resource',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='catalogue.resource'),
        ),
        migrations.AddConstraint(
            model_name='resourceversion',
            constraint=models.UniqueConstraint(fields=('resource', 'version'), name='resource_version_once'),
        ),
    ]
