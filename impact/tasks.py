"""What the worker runs: fetch by id, call one service."""

from celery import shared_task

from impact.models import Study
from impact.services import execute_study


@shared_task(name="impact.tasks.run_study")  # type: ignore[untyped-decorator]
def run_study(pk: int) -> None:
    study = Study.objects.select_related("organization", "initiative").filter(pk=pk).first()
    if study is not None:
        execute_study(study=study)
