"""`manage.py metric_series --organization SLUG --metric KEY`: the figures of a metric page."""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder

from accounts.models import Organization
from customer_voice import exports, selectors, services
from customer_voice.choices import Period
from customer_voice.models import Channel, MetricDefinition
from journeys.models import Touchpoint


class Command(BaseCommand):
    help = "Print a metric series with interval and n, as CSV or JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--metric", required=True, metavar="KEY")
        parser.add_argument("--version-number", type=int, help="of the definition; default: the one in use")
        parser.add_argument("--touchpoint", metavar="KEY")
        parser.add_argument("--segment")
        parser.add_argument("--channel", metavar="NAME")
        parser.add_argument("--period", choices=Period.values, default=Period.MONTH)
        parser.add_argument("--from", dest="start", metavar="YYYY-MM-DD")
        parser.add_argument("--to", dest="end", metavar="YYYY-MM-DD", help="not included")
        parser.add_argument("--format", choices=["csv", "json"], default="csv")

    def handle(self, *args: Any, **options: Any) -> None:
        organization = Organization.objects.filter(slug=options["organization"]).first()
        if organization is None:
            raise CommandError(f"There is no organization “{options['organization']}”.")
        services.count_noted(organization=organization)  # whoever prints figures wants those of now
        metrics = MetricDefinition.objects.of(organization).filter(key=options["metric"])
        if options["version_number"] is not None:
            metrics = metrics.filter(version=options["version_number"])
        metric = metrics.order_by("is_retired", "-version").first()
        if metric is None:
            raise CommandError(f"There is no metric “{options['metric']}”.")
        touchpoint = None
        if options["touchpoint"]:
            try:
                touchpoint = Touchpoint.objects.of(organization).standing().get(key=options["touchpoint"])
            except Touchpoint.DoesNotExist:
                raise CommandError(f"There is no touchpoint “{options['touchpoint']}”.") from None
        channel = None
        if options["channel"]:
            channel = Channel.objects.of(organization).filter(name=options["channel"]).first()
            if channel is None:
                raise CommandError(f"There is no channel “{options['channel']}”.")
        series = selectors.metric_series(
            organization,
            metric,
            touchpoint=touchpoint,
            segment=options["segment"],
            channel=channel,
            period=Period(options["period"]),
            start=_day(options["start"]),
            end=_day(options["end"]),
        )
        if options["format"] == "csv":
            self.stdout.write(exports.series_csv(series), ending="")
            return
        body = {
            "organization": organization.slug,
            "metric": metric.key,
            "version": metric.version,
            "definition": selectors.definition_text(metric),
            "unit": series.unit.value,
            "points": exports.series_rows(series),
        }
        self.stdout.write(json.dumps(body, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2))


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise CommandError(f"“{text}” is not a date; write YYYY-MM-DD.") from error
