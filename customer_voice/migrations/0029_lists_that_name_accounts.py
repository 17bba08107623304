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
    ]
