"""Contacts are an outcome that scores can go with."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("impact", "0009_benefit_lines"),
    ]

    operations = [
        migrations.AlterField(
            model_name="associationfile",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("stayed", "Stayed or left"),
                    ("revenue", "Revenue in the year after"),
                    ("contacts", "Contacts in the year after"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="associationrun",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("stayed", "Stayed or left"),
                    ("revenue", "Revenue in the year after"),
                    ("contacts", "Contacts in the year after"),
                ],
                max_length=10,
            ),
        ),
    ]
