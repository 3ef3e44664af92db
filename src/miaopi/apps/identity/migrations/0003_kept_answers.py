from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0002_staff_and_tokens")]

    operations = [
        migrations.CreateModel(
            name="KeptAnswer",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("holder", models.CharField(max_length=64)),
                ("asked", models.CharField(max_length=64)),
                ("sealed", models.BinaryField()),
                ("kept_at", models.DateTimeField()),
            ],
            options={"indexes": [models.Index(fields=["holder", "kept_at"], name="answer_of_holder")]},
        ),
    ]
