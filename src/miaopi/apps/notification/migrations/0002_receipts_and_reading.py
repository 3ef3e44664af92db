from django.db import migrations, models


class Migration(migrations.Migration):
    """What was called delivered was that the gateway had taken it; whether the telephone has it is another matter."""

    dependencies = [("notification", "0001_initial")]

    operations = [
        migrations.RemoveIndex(model_name="message", name="notification_message_due"),
        migrations.RenameField(model_name="message", old_name="delivered_at", new_name="accepted_at"),
        migrations.AddField(model_name="message", name="text_en", field=models.TextField(default="")),
        migrations.AddField(model_name="message", name="ask_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="message", name="asked", field=models.IntegerField(default=0)),
        migrations.AddField(model_name="message", name="delivered_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="message", name="undelivered_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="message", name="read_at", field=models.DateTimeField(null=True)),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["due_at"], condition=models.Q(accepted_at=None), name="notification_message_due"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["ask_at"], condition=models.Q(ask_at__isnull=False), name="notification_message_asked"),
        ),
        migrations.AddIndex(
            model_name="message", index=models.Index(fields=["party", "-written_at"], name="notification_message_inbox")
        ),
    ]
