"""`manage.py rebuild_metric_points [--check]`: the daily roll-up against its feedback."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Organization
from customer_voice import services
from journeys.models import Touchpoint

BY_CUBE = {
    "place": "",
    "account": " by account",
    "week": " as the first day of a kept week",
    "month": " as the first day of a kept month",
}
MOST_NAMED = 100


class Command(BaseCommand):
    help = "Count every metric anew from its feedback; with --check only prove that nothing differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", metavar="SLUG", help="default: every organization")
        parser.add_argument(
            "--check", action="store_true", help="change nothing; name the cells that differ, exit with 1"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        organizations = Organization.objects.order_by("slug")
        if options["organization"]:
            organizations = organizations.filter(slug=options["organization"])
            if not organizations.exists():
                raise CommandError(f"There is no organization “{options['organization']}”.")
        different = sum(
            self._check(one) if options["check"] else self._rebuild(one) for one in organizations.iterator()
        )
        if different:
            raise CommandError(
                f"{different} cells differ from their feedback. Without --check they are counted anew.",
                returncode=1,
            )

    def _rebuild(self, organization: Organization) -> int:
        services.rebuild_rollup(organization=organization)
        self.stdout.write(f"{organization.slug}: counted anew.")
        return 0

    def _check(self, organization: Organization) -> int:
        names: dict[int, str] = {}
        found = 0
        for cell in services.differing_cells(organization):
            found += 1
            if found > MOST_NAMED:
                continue
            if cell.touchpoint_id not in names:
                touchpoint = Touchpoint.objects.filter(pk=cell.touchpoint_id).first()
                names[cell.touchpoint_id] = touchpoint.key if touchpoint else f"#{cell.touchpoint_id}"
            by = BY_CUBE[cell.cube]
            self.stdout.write(
                f"{organization.slug}: {cell.metric.key} version {cell.metric.version} at "
                f"{names[cell.touchpoint_id]} on {cell.day.isoformat()}{by}: "
                f"points of {cell.stored}, feedback of {cell.counted}"
            )
        if found > MOST_NAMED:
            self.stdout.write(f"{organization.slug}: and {found - MOST_NAMED} more cells.")
        if not found:
            self.stdout.write(f"{organization.slug}: every cell equals its feedback.")
        return found
