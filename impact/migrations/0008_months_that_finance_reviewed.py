"""Finance's word on a year of the ledger names the first month of the years that it was given on."""

from django.db import migrations, models


def fill(apps, schema_editor):
    """The month of today, unless the trail knows of a change since the word was given."""
    changes = (
        apps.get_model("accounts", "AuditEvent")
        .objects.filter(verb="organization.changed")
        .order_by("at", "pk")
    )
    for row in (
        apps.get_model("impact", "LedgerYear").objects.exclude(sign_off="open").select_related("organization")
    ):
        since = changes.filter(organization_id=row.organization_id, at__gt=row.sign_off_at)
        months = [event.before.get("year_begins") for event in since if _moved(event)]
        row.reviewed_months = (months or [None])[0] or row.organization.year_begins
        row.save(update_fields=["reviewed_months"])


def _moved(event):
    return event.before.get("year_begins") != event.after.get("year_begins")


class Migration(migrations.Migration):
    dependencies = [
        ("impact", "0007_associations_from_own_data"),
    ]

    operations = [
        migrations.AddField(
            model_name="ledgeryear",
            name="reviewed_months",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
