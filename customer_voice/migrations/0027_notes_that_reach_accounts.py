from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """A note that was written before may reach accounts: what it says is counted in both cubes."""

    dependencies: ClassVar = [("customer_voice", "0026_open_cases_by_their_minute")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="recountnote",
            name="reaches_accounts",
            field=models.BooleanField(default=True),
        ),
    ]
