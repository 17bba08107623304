"""What the worker does for employee surveys."""

from celery import shared_task

from employee_voice import services
from employee_voice.models import WaveWork


@shared_task(name="employee_voice.tasks.do_work")  # type: ignore[untyped-decorator]
def do_work(pk: int) -> None:
    work = WaveWork.objects.filter(pk=pk).first()
    if work is not None:
        services.do_work(work=work)


@shared_task(name="employee_voice.tasks.tend_waves")  # type: ignore[untyped-decorator]
def tend_waves() -> None:
    services.tend_waves()
    services.destroy_left_keys()


@shared_task(name="employee_voice.tasks.destroy_left_keys")  # type: ignore[untyped-decorator]
def destroy_left_keys() -> None:
    services.destroy_left_keys()
