from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0002_rule_files'),
    ]

    operations = [
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('id', models.SmallIntegerField(primary_key=True, serialize=False)),
                ('word', models.CharField(max_length=32)),
            ],
        ),
    ]
