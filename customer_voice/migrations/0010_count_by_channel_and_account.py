"""Counts by channel and by customer account, from the answers; all other counts stay as they are.

Only organizations whose answers name a channel or an account are counted anew. A channel splits what was one
row; the sum over channels is what it was.
"""

from itertools import batched
from zoneinfo import ZoneInfo

from django.db import migrations, models
from django.db.models import Case, Count, F, Func, Q, SmallIntegerField, When
from django.db.models.functions import Floor, Greatest, Ln, TruncDate

PLACE = ("organization_id", "metric_id", "touchpoint_id", "day", "segment", "channel_id")
ACCOUNT = ("organization_id", "metric_id", "touchpoint_id", "day", "account_id")
BINS_PER_E, BIN_OPEN, BIN_UNUSABLE = 50, -1, -2
AT_ONCE = 2_000


class Seconds(Func):
    """Seconds from the second to the first moment, as the roll-up counts them."""

    output_field = models.FloatField()

    def as_postgresql(self, compiler, connection, **context):
        template = "EXTRACT(EPOCH FROM (%(expressions)s))"
        return self.as_sql(compiler, connection, template=template, arg_joiner=" - ")

    def as_sqlite(self, compiler, connection, **context):
        template = "(django_timestamp_diff(%(expressions)s) / 1000000.0)"
        return self.as_sql(compiler, connection, template=template, arg_joiner=", ")


def count(apps, schema_editor):
    answers = apps.get_model("customer_voice", "Feedback").objects
    named = Q(channel__isnull=False) | Q(account__isnull=False)
    spoken = answers.filter(named).order_by().values("organization").distinct()
    for organization in apps.get_model("accounts", "Organization").objects.filter(pk__in=spoken):
        rows = answers.filter(organization=organization)
        for name in ("MetricPoint", "DurationPoint"):
            apps.get_model("customer_voice", name).objects.filter(organization=organization).delete()
        for names, keys, of_cube in (
            (("MetricPoint", "DurationPoint"), PLACE, rows),
            (("AccountMetricPoint", "AccountDurationPoint"), ACCOUNT, rows.filter(account__isnull=False)),
        ):
            scores, cases = (apps.get_model("customer_voice", name) for name in names)
            days = of_cube.annotate(day=TruncDate("occurred_at", tzinfo=ZoneInfo(organization.time_zone)))
            write(scores, given(days, keys))
            write(cases, lived_through(days, keys))


def given(rows, keys):
    """How often each answer from 0 to 10 was given: no other scale is older than this migration."""
    answers = {f"answers_{score}": Count("pk", filter=Q(score=score)) for score in range(11)}
    scored = rows.filter(metric__isnull=False, score__isnull=False).exclude(metric__rule="duration")
    return scored.order_by().values(*keys).annotate(n=Count("pk"), **answers)


def lived_through(rows, keys):
    """Cases by the span of time that they took."""
    seconds = Greatest(Seconds(F("resolved_at"), F("occurred_at")), 1.0)
    bins = Case(
        When(resolved_at__isnull=True, then=BIN_OPEN),
        When(resolved_at__lte=F("occurred_at"), then=BIN_UNUSABLE),
        default=Floor(Ln(seconds) * float(BINS_PER_E)),
        output_field=SmallIntegerField(),
    )
    cases = rows.filter(metric__rule="duration").annotate(duration_bin=bins)
    return cases.order_by().values(*keys, "duration_bin").annotate(n=Count("pk"))


def write(model, rows):
    for some in batched(rows.iterator(chunk_size=AT_ONCE), AT_ONCE, strict=False):
        model.objects.bulk_create([model(**row) for row in some])


def merge(apps, schema_editor):
    """Back to counts without channels: rows that only a channel keeps apart become one."""
    for name, more in (("MetricPoint", ()), ("DurationPoint", ("duration_bin",))):
        model = apps.get_model("customer_voice", name)
        sums = ["n", *(f"answers_{score}" for score in range(11) if name == "MetricPoint")]
        keys = (*PLACE[:-1], *more)
        split = model.objects.filter(channel__isnull=False).order_by().values("organization").distinct()
        for owner in list(split):
            rows = model.objects.filter(organization=owner["organization"])
            totals = list(
                rows.order_by().values(*keys).annotate(**{f"sum_{one}": models.Sum(one) for one in sums})
            )
            rows.delete()
            model.objects.bulk_create(
                [
                    model(**{key: row[key] for key in keys}, **{one: row[f"sum_{one}"] for one in sums})
                    for row in totals
                ],
                batch_size=AT_ONCE,
            )
    for name in ("AccountMetricPoint", "AccountDurationPoint"):
        apps.get_model("customer_voice", name).objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("customer_voice", "0009_any_scale_channels_and_accounts")]

    operations = [migrations.RunPython(count, merge)]
