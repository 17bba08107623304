"""`manage.py import_feedback FILE --organization SLUG`: the import of the screens, for operators."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError

from accounts.choices import Action
from accounts.models import Membership, Organization
from accounts.permissions import may
from common.errors import DomainError
from customer_voice import services
from customer_voice.choices import ImportField, ImportStage
from customer_voice.models import ImportBatch, MetricDefinition
from tabular.choices import DateFormat, Encoding

SHOWN = 20


class Command(BaseCommand):
    help = "Import feedback (CSV or workbook): checks every row, then all of it or nothing. Prints figures."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--dry-run", action="store_true", help="check only")
        parser.add_argument("--metric", metavar="KEY", help="what the scores (or times) measure")
        parser.add_argument("--touchpoint", metavar="KEY", default="", help="one for the whole file")
        parser.add_argument("--source", metavar="NAME", default="csv", help="IDs are unique within it")
        parser.add_argument(
            "--map",
            nargs="+",
            action="extend",
            default=[],
            metavar="FIELD=COLUMN",
            help=f"fields: {', '.join(ImportField.values)}; default: guessed from the header",
        )
        parser.add_argument("--create-touchpoints", action="store_true")
        parser.add_argument("--date-format", choices=DateFormat.values, default=DateFormat.AUTO)
        parser.add_argument("--encoding", choices=Encoding.values, default=Encoding.AUTO)
        parser.add_argument(
            "--sheet", metavar="NAME", default="", help="of a workbook; default: the first table"
        )
        parser.add_argument("--skip-bad-rows", action="store_true", help="import the good rows alone")
        parser.add_argument("--replace-known", action="store_true", help="replace answers that are known")
        parser.add_argument("--by", metavar="EMAIL", help="who stands for it; default: an administrator")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            batch = self._checked(options)
            if not options["dry_run"] and batch.stage == ImportStage.CHECKED:
                services.start_import(
                    batch=batch,
                    skips_bad_rows=options["skip_bad_rows"],
                    replaces_known=options["replace_known"],
                )
                services.run_import(batch_id=batch.pk)
                batch.refresh_from_db()
        except DomainError as refusal:
            raise CommandError(str(refusal.message)) from refusal
        if batch.stage == ImportStage.FAILED:
            raise CommandError(batch.failure)
        done = "imported" if batch.stage == ImportStage.IMPORTED else "checked, nothing imported"
        self.stdout.write(
            f"{batch.filename}: {done}; rows {batch.rows_total}, new {batch.rows_created}, "
            f"changed {batch.rows_updated}, "
            f"known {batch.rows_unchanged}, rejected {batch.rows_rejected}"
        )
        if batch.rows_replaced:
            self.stdout.write(
                f"{batch.rows_replaced} known answers replaced (or to be, with --replace-known)"
            )
        if options["dry_run"] and batch.rows_rejected:
            raise CommandError(f"{batch.rows_rejected} rows cannot come in.")

    def _checked(self, options: dict[str, Any]) -> ImportBatch:
        organization = Organization.objects.filter(slug=options["organization"]).first()
        if organization is None:
            raise CommandError(f"There is no organization “{options['organization']}”.")
        metric = self._metric(organization, options["metric"])
        by = self._member(organization, options["by"])
        try:
            with options["file"].open("rb") as file:
                batch = services.create_import(
                    organization=organization,
                    by=by,
                    file=File(file),
                    filename=options["file"].name,
                    source=options["source"],
                    encoding=options["encoding"],
                    sheet=options["sheet"],
                )
        except OSError as error:
            raise CommandError(f"Cannot read {options['file']}: {error.strerror}.") from error
        guessed, reading = services.proposed_choices(batch)
        batch = services.map_import(
            batch=batch,
            mapping={**guessed, **self._mapping(options["map"])},
            metric=metric,
            touchpoint_key=options["touchpoint"],
            date_format=options["date_format"],
            creates_touchpoints=options["create_touchpoints"],
            reading=reading,
        )
        services.run_import(batch_id=batch.pk)
        batch.refresh_from_db()
        for wrong in batch.row_errors.all()[:SHOWN]:
            self.stderr.write(f"row {wrong.row_number}, {wrong.column}: {wrong.text} [{wrong.value}]")
        return batch

    def _mapping(self, pairs: list[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for pair in pairs:
            field, separator, column = pair.partition("=")
            if not separator or field not in ImportField.values:
                raise CommandError(f"--map {pair}: write FIELD=COLUMN with a field of {ImportField.values}.")
            found[field] = column
        return found

    def _metric(self, organization: Organization, key: str | None) -> MetricDefinition | None:
        if key is None:
            return None
        metrics = MetricDefinition.objects.of(organization).filter(is_retired=False)
        metric: MetricDefinition | None = metrics.filter(key=key).order_by("-version").first()
        if metric is None:
            known = ", ".join(metrics.order_by("key").values_list("key", flat=True)) or "none"
            raise CommandError(f"There is no metric “{key}”. Defined: {known}.")
        return metric

    def _member(self, organization: Organization, email: str | None) -> Membership | None:
        members = Membership.objects.of(organization).active().select_related("user").order_by("pk")
        if email is not None:
            members = members.filter(user__email__iexact=email)
        member = next((one for one in members if may(one.role, Action.IMPORT_FEEDBACK)), None)
        if member is None and email is not None:
            raise CommandError(f"{email} is nobody here who may import feedback.")
        return member
