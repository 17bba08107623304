"""Versions that differ in their name alone become one series under one name; answers get their metric's key.

Until now a new name made a new version, and the history stayed with the old one. Rows, versions and counts
stay where they are, so that plans and studies find the version that they name; only what is read together
grows. Versions that differ in more stay apart, as they were.
"""

from itertools import groupby

from django.db import migrations
from django.db.models import OuterRef, Subquery

MEASUREMENT = (
    "kind", "rule", "scale_low", "scale_high", "bottom_box_high", "top_box_low", "higher_is_better", "wording",
    "population",
)  # fmt: skip


def latest(versions, name):
    """Series -> the latest moment of its versions, where there is one."""
    found = {}
    for row in versions:
        moment = getattr(row, name)
        if moment is not None:
            found[row.series] = max(moment, found.get(row.series, moment))
    return found


def join_series(apps, schema_editor):
    definitions = apps.get_model("customer_voice", "MetricDefinition")
    rows = definitions.objects.order_by("organization_id", "key", "version")
    for _key, group in groupby(rows, key=lambda row: (row.organization_id, row.key)):
        versions = list(group)
        began = {}
        for row in versions:
            row.series = began.setdefault(tuple(getattr(row, name) for name in MEASUREMENT), row.version)
        in_use = [row for row in versions if not row.is_retired] or versions
        heard = {name: latest(versions, name) for name in ("data_until", "counted_at")}
        for row in versions:
            row.name = in_use[-1].name
            for name, by_series in heard.items():
                setattr(row, name, by_series.get(row.series))
        definitions.objects.bulk_update(versions, ["series", "name", "data_until", "counted_at"])


def name_the_metric_of_answers(apps, schema_editor):
    definitions = apps.get_model("customer_voice", "MetricDefinition")
    feedback = apps.get_model("customer_voice", "Feedback")
    key = definitions.objects.filter(pk=OuterRef("metric_id")).values("key")[:1]
    feedback.objects.filter(metric__isnull=False).update(metric_key=Subquery(key))


class Migration(migrations.Migration):
    dependencies = [("customer_voice", "0002_series_and_identity_columns")]

    operations = [
        migrations.RunPython(join_series, migrations.RunPython.noop),
        migrations.RunPython(name_the_metric_of_answers, migrations.RunPython.noop),
    ]
