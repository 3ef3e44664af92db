from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("consent", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="receipt",
            name="used_up_at",
            field=models.DateTimeField(null=True),
        ),
    ]
