from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0003_kept_answers")]

    operations = [
        migrations.RemoveConstraint(model_name="verifiedidentity", name="identity_assurance_level"),
        migrations.AddConstraint(
            model_name="verifiedidentity",
            constraint=models.CheckConstraint(condition=models.Q(("assurance_level__range", (0, 3))), name="identity_assurance_level"),
        ),
        migrations.RemoveConstraint(model_name="token", name="token_of_one_holder"),
        migrations.AddField(model_name="token", name="agency", field=models.CharField(max_length=60, null=True)),
        migrations.AddConstraint(
            model_name="token",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("agency__isnull", False), ("identity__isnull", True), ("staff__isnull", True)),
                    models.Q(("agency__isnull", True), ("identity__isnull", True), ("staff__isnull", False)),
                    models.Q(("agency__isnull", True), ("identity__isnull", False), ("staff__isnull", True)),
                    _connector="OR",
                ),
                name="token_of_one_holder",
            ),
        ),
    ]
