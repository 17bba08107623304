"""What the worker runs: fetch by id, call one service."""

from celery import shared_task

from impact.models import AssociationRun, DriverRun, ProgramCase, Study
from impact.services import execute_association, execute_drivers, execute_program, execute_study


@shared_task(name="impact.tasks.run_study")  # type: ignore[untyped-decorator]
def run_study(pk: int) -> None:
    study = Study.objects.select_related("organization", "initiative").filter(pk=pk).first()
    if study is not None:
        execute_study(study=study)


@shared_task(name="impact.tasks.run_drivers")  # type: ignore[untyped-decorator]
def run_drivers(pk: int) -> None:
    run = DriverRun.objects.select_related("organization").filter(pk=pk).first()
    if run is not None:
        execute_drivers(run=run)


@shared_task(name="impact.tasks.run_program")  # type: ignore[untyped-decorator]
def run_program(pk: int) -> None:
    case = ProgramCase.objects.select_related("organization").filter(pk=pk).first()
    if case is not None:
        execute_program(case=case)


@shared_task(name="impact.tasks.run_association")  # type: ignore[untyped-decorator]
def run_association(pk: int) -> None:
    run = AssociationRun.objects.select_related("organization", "metric").filter(pk=pk).first()
    if run is not None:
        execute_association(run=run)
