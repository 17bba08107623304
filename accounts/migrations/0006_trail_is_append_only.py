from django.db import migrations

from accounts.append_only import install, remove


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_known_people_carry_over")]
    operations = [
        migrations.RunPython(
            lambda apps, schema_editor: install(schema_editor),
            lambda apps, schema_editor: remove(schema_editor),
        )
    ]
