"""What the worker does: each task fetches by id and calls one service."""

from celery import shared_task

from customer_voice import services


@shared_task(name="customer_voice.tasks.run_import")  # type: ignore[untyped-decorator]
def run_import(batch_id: int) -> None:
    services.run_import(batch_id=batch_id)


@shared_task(name="customer_voice.tasks.discard_forgotten_imports")  # type: ignore[untyped-decorator]
def discard_forgotten_imports() -> None:
    services.discard_forgotten_imports()
