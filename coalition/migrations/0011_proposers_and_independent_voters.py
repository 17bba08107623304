"""Who proposes, and who can vote independently of them: kept with each vote from now on."""

from django.db import migrations, models

_HANDED_OVER = ("initiative.changed", "initiative.changed_after_approval", "initiative.amended_owner")


def owners_before(apps, schema_editor):
    """Former owners, as far as the trail names them. It knows names: everybody of that name counts, for one
    too many asks another person to vote, and one too few lets somebody judge the own proposal."""
    initiative_model = apps.get_model("coalition", "Initiative")
    entries = (
        apps.get_model("accounts", "AuditEvent")
        .objects.filter(verb__in=_HANDED_OVER, subject_type="coalition.initiative")
        .order_by("pk")
    )
    for event in entries.iterator(chunk_size=500):
        name = (event.before or {}).get("owner")
        initiative = initiative_model.objects.filter(
            pk=event.subject_id, organization=event.organization_id
        ).first()
        if not name or initiative is None:
            continue
        members = apps.get_model("accounts", "Membership").objects.filter(organization=event.organization_id)
        known = members.filter(models.Q(user__name=name) | models.Q(user__email=name))
        initiative.former_owners.add(*known.exclude(pk=initiative.owner_id))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0013_a_form_that_made_something_leaves_a_receipt"),
        ("coalition", "0010_scores_that_chose_touchpoints"),
    ]

    operations = [
        migrations.AddField(
            model_name="approvalround",
            name="independent_ids",
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="approvalround",
            name="proposer_ids",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="initiative",
            name="former_owners",
            field=models.ManyToManyField(blank=True, related_name="+", to="accounts.membership"),
        ),
        migrations.RunPython(owners_before, migrations.RunPython.noop, elidable=True),
    ]
