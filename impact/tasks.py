"""What the worker runs: fetch by id, call one service."""

from celery import shared_task

from impact.models import Study
from impact.services import execute_study, stale_studies


@shared_task(name="impact.tasks.run_study")  # type: ignore[untyped-decorator]
def run_study(pk: int) -> None:
    study = Study.objects.select_related("organization", "initiative").filter(pk=pk).first()
    if study is not None:
        execute_study(study=study)


@shared_task(name="impact.tasks.restart_stale_studies")  # type: ignore[untyped-decorator]
def restart_stale_studies() -> None:
    """Studies whose worker died, or whose message was lost, are queued again; the claim lets only one run."""
    for pk in stale_studies():
        run_study.delay(pk)
