from django.db import migrations, models


class Migration(migrations.Migration):
    """When an initiative went live that was recorded afterwards. Nothing that is stored changes."""

    dependencies = [("coalition", "0011_proposers_and_independent_voters")]

    operations = [
        migrations.AddField(
            model_name="initiative",
            name="already_live_on",
            field=models.DateField(blank=True, null=True, verbose_name="live already since"),
        ),
    ]
