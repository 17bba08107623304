from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customer_voice", "0021_columns_that_are_not_read"),
    ]

    operations = [
        migrations.AddField(
            model_name="importbatch",
            name="clock_changes",
            field=models.JSONField(default=dict),
        ),
    ]
