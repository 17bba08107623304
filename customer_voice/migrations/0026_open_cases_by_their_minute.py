"""Open cases were counted by their day and aged from its noon; from now on by their minute.

The points of open cases are counted anew from the cases here, so that the first page after the upgrade is
right and nothing waits for a worker. Studies keep the input that they were made from.
"""

from itertools import batched
from zoneinfo import ZoneInfo

from django.db import migrations, models
from django.db.models import Count, F, Q, Value
from django.db.models.functions import ExtractHour, ExtractMinute, TruncDate
from django.utils import timezone

BIN_OPEN, BIN_OPEN_AT = -1, -100
CUBES = (
    ("DurationPoint", ("metric_id", "touchpoint_id", "day", "segment", "channel_id")),
    ("AccountDurationPoint", ("metric_id", "touchpoint_id", "day", "account_id")),
)
AT_ONCE = 2_000


def by_minute(apps, schema_editor):
    definitions = apps.get_model("customer_voice", "MetricDefinition")
    for organization in apps.get_model("accounts", "Organization").objects.iterator():
        timed = definitions.objects.filter(organization=organization, rule="duration")
        metrics = list(timed.values_list("pk", flat=True))
        if not metrics:
            continue
        for name, keys in CUBES:
            points = apps.get_model("customer_voice", name)
            known = points.objects.filter(organization=organization)
            known.filter(Q(duration_bin=BIN_OPEN) | Q(duration_bin__lte=BIN_OPEN_AT)).delete()
            rows = _open_cases(apps, organization, metrics, keys)
            for some in batched(rows.iterator(chunk_size=AT_ONCE), AT_ONCE, strict=False):
                points.objects.bulk_create(
                    points(
                        organization_id=organization.pk,
                        duration_bin=row["kept"],
                        n=row["n"],
                        **{key: row[key] for key in keys},
                    )
                    for row in some
                )
        timed.exclude(counted_at=None).update(counted_at=timezone.now())  # figures are kept under it


def _open_cases(apps, organization, metrics, keys):
    zone = ZoneInfo(organization.time_zone)
    hour, minute = (part("occurred_at", tzinfo=zone) for part in (ExtractHour, ExtractMinute))
    rows = apps.get_model("customer_voice", "Feedback").objects.filter(
        organization=organization, metric__in=metrics, resolved_at=None, merged_into=""
    )
    if "account_id" in keys:
        rows = rows.exclude(account=None)
    rows = rows.annotate(day=TruncDate("occurred_at", tzinfo=zone), minute=hour * 60 + minute)
    rows = rows.annotate(kept=Value(BIN_OPEN_AT) - F("minute"))
    return rows.order_by().values(*keys, "kept").annotate(n=Count("pk"))


def by_day(apps, schema_editor):
    """Points of one day together again, as they were."""
    definitions = apps.get_model("customer_voice", "MetricDefinition")
    for name, keys in CUBES:
        points = apps.get_model("customer_voice", name)
        counted = points.objects.filter(duration_bin__lte=BIN_OPEN_AT)
        rows = list(counted.order_by().values("organization_id", *keys).annotate(cases=models.Sum("n")))
        counted.delete()
        for some in batched(rows, AT_ONCE, strict=False):
            points.objects.bulk_create(
                points(duration_bin=BIN_OPEN, n=row.pop("cases"), **row) for row in some
            )
    definitions.objects.filter(rule="duration").exclude(counted_at=None).update(counted_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("customer_voice", "0025_words_and_scores_that_disagree")]

    operations = [
        migrations.RunPython(by_minute, by_day, elidable=True),
        migrations.AlterField(
            model_name="metricdefinition",
            name="kind",
            field=models.CharField(
                choices=[
                    ("nps", "Net Promoter Score®"),
                    ("csat", "Customer satisfaction (CSAT)"),
                    ("ces", "Customer effort (CES)"),
                    ("osat", "Overall satisfaction (OSAT)"),
                    ("ttr", "Time to resolution (TTR)"),
                    ("frt", "First response time (FRT)"),
                    ("first_res", "Time to first resolution"),
                    ("custom", "Own metric"),
                ],
                max_length=10,
            ),
        ),
    ]
