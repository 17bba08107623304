"""The trail opens only in the transaction that wrote the record of it, and that record stays."""

from django.db import migrations, models

from accounts.append_only import install, install_on_record, remove, remove_from_record


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_format_of_dates_and_numbers")]
    operations = [
        # SQLite rebuilds the table for a column: triggers that name it go first
        migrations.RunPython(
            lambda apps, schema_editor: remove(schema_editor),
            lambda apps, schema_editor: install(schema_editor),
        ),
        migrations.AddField(
            model_name="erasure",
            name="transaction_id",
            field=models.CharField(blank=True, default="", editable=False, max_length=20),
            preserve_default=False,
        ),
        migrations.RunPython(
            lambda apps, schema_editor: (install(schema_editor), install_on_record(schema_editor)),
            lambda apps, schema_editor: (remove(schema_editor), remove_from_record(schema_editor)),
        ),
    ]
