from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='RuleFiles',
            fields=[
                ('version', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('slug', models.CharField(max_length=100)),
                ('files', models.JSONField()),
            ],
        ),
    ]
