"""Documents about the return of the whole program."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0013_a_form_that_made_something_leaves_a_receipt"),
        ("assessments", "0004_words_people_read"),
        ("employee_voice", "0004_kept_lists"),
        ("impact", "0006_program_ledger_and_case"),
        ("reports", "0004_sheets_of_slips"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="report",
            name="report_has_its_subject",
        ),
        migrations.AddField(
            model_name="report",
            name="program_case",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="impact.programcase",
            ),
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
                    _connector="OR",
                ),
                name="report_has_its_subject",
            ),
        ),
    ]
