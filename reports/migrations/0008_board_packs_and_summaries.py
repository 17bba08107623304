"""Documents of the coalition, and the one page about the program."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0007_schedules_of_documents"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="report",
            name="report_has_its_subject",
        ),
        migrations.AlterField(
            model_name="report",
            name="kind",
            field=models.CharField(
                choices=[
                    ("roi_evidence", "ROI evidence report"),
                    ("maturity", "Maturity result"),
                    ("employee_wave", "Employee survey results"),
                    ("program", "Return of the program"),
                    ("board", "Board pack"),
                    ("summary", "One-page summary"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "roi_evidence"), ("study__isnull", False)),
                    models.Q(("kind", "maturity"), ("maturity_result__isnull", False)),
                    models.Q(("kind", "employee_wave"), ("wave__isnull", False)),
                    models.Q(("kind", "program"), ("program_case__isnull", False)),
                    models.Q(("kind", "summary"), ("program_case__isnull", False)),
                    ("kind", "board"),
                    _connector="OR",
                ),
                name="report_has_its_subject",
            ),
        ),
    ]
