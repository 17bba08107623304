from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customer_voice", "0028_more_encodings"),
    ]

    operations = [
        migrations.AddField(
            model_name="recipientlist",
            name="columns",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="takes_bounces",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="surveyinvitation",
            name="bounce_status",
            field=models.CharField(blank=True, default="", max_length=12),
        ),
    ]
