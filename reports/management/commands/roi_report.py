"""`manage.py roi_report`: write the ROI report of an initiative to a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.choices import Role
from accounts.models import Membership, Organization
from coalition.models import Initiative
from common.errors import DomainError
from common.jobs import JobState
from impact.selectors.cases import latest_case
from impact.selectors.studies import latest_finished_study
from reports import services
from reports.choices import Paper


class Command(BaseCommand):
    help = "Write the ROI evidence report of an initiative, from the study that counts, to a PDF file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--initiative", required=True, metavar="REF", help="for example INI-1")
        parser.add_argument("--output", required=True, metavar="FILE")
        parser.add_argument("--language", default="en", choices=[code for code, _name in settings.LANGUAGES])
        parser.add_argument("--paper", default=Paper.A4, choices=Paper.values)

    def handle(self, *args: Any, **options: Any) -> None:
        initiative = self._initiative(options["organization"], options["initiative"])
        target = Path(options["output"])
        if not target.parent.is_dir():
            raise CommandError(f"The folder {target.parent} does not exist.")
        study = latest_finished_study(initiative)
        if study is None:
            raise CommandError(f"{initiative.reference} has no finished study. Run one under Prove first.")
        member = self._author(initiative.organization)
        try:
            report = services.request_roi_report(
                by=member,
                study=study,
                roi_case=latest_case(study),
                language=options["language"],
                paper=options["paper"],
            )
            services.make_report(report=report)
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        report.refresh_from_db()
        if report.job_state != JobState.DONE:
            raise CommandError(
                report.failure or "Another worker is making this report. Try again in a minute."
            )
        try:
            with report.file.open("rb") as stored:
                content = stored.read()
        except OSError as error:
            raise CommandError(
                f"The stored file {report.file.name} cannot be read ({error.strerror}). Restore the files."
            ) from error
        try:
            target.write_bytes(content)
        except OSError as error:
            raise CommandError(f"Cannot write {target}: {error.strerror}") from error
        self.stdout.write(
            f"{target}: {report.pages} pages, {report.file_bytes:,} bytes, verdict {study.verdict}, "
            f"grade {study.grade}, code {report.verification_code}"
        )

    def _initiative(self, slug: str, reference: str) -> Initiative:
        organization = Organization.objects.filter(slug=slug).first()
        if organization is None:
            raise CommandError(f"There is no organization {slug!r}.")
        number = reference.upper().removeprefix("INI-")
        found: Initiative | None = (
            Initiative.objects.of(organization).filter(number=int(number)).first()
            if number.isdecimal() and len(number) < 10
            else None
        )
        if found is None:
            raise CommandError(f"{organization} has no initiative {reference!r}.")
        return found

    def _author(self, organization: Organization) -> Membership:
        member: Membership | None = (
            Membership.objects.of(organization)
            .active()
            .filter(role__in=[Role.ADMINISTRATOR, Role.CX_LEADER])
            .order_by("pk")
            .first()
        )
        if member is None:
            raise CommandError(f"{organization} has nobody who may make reports.")
        return member
