"""What the worker does: each task fetches by id and calls one service."""

from celery import shared_task
from django.utils import timezone

from common.jobs import enqueue
from customer_voice import services
from customer_voice.models import SurveyMailing


@shared_task(name="customer_voice.tasks.run_import")  # type: ignore[untyped-decorator]
def run_import(batch_id: int) -> None:
    services.run_import(batch_id=batch_id)


@shared_task(name="customer_voice.tasks.discard_forgotten_imports")  # type: ignore[untyped-decorator]
def discard_forgotten_imports() -> None:
    services.discard_forgotten_imports()
    services.discard_forgotten_customer_files()
    services.forget_former_customers(now=timezone.now())


@shared_task(name="customer_voice.tasks.recount_calendar")  # type: ignore[untyped-decorator]
def recount_calendar(version_id: int) -> None:
    services.recount_calendar(version_id=version_id)


@shared_task(name="customer_voice.tasks.recount_service_level")  # type: ignore[untyped-decorator]
def recount_service_level(level_id: int) -> None:
    services.recount_service_level(level_id=level_id)


@shared_task(name="customer_voice.tasks.extend_calendars")  # type: ignore[untyped-decorator]
def extend_calendars() -> None:
    services.extend_calendars(today=timezone.now().date())


@shared_task(name="customer_voice.tasks.write_survey_letters")  # type: ignore[untyped-decorator]
def write_survey_letters(mailing_id: int) -> None:
    mailing = SurveyMailing.objects.select_related("survey__organization").filter(pk=mailing_id).first()
    if mailing is not None:
        services.write_letters(mailing=mailing)


@shared_task(name="customer_voice.tasks.keep_outcomes")  # type: ignore[untyped-decorator]
def keep_outcomes() -> None:
    services.keep_outcomes(now=timezone.now())
    services.forget_lists(now=timezone.now())


@shared_task(name="customer_voice.tasks.settle_half_answers")  # type: ignore[untyped-decorator]
def settle_half_answers() -> None:
    services.settle_half_answers(now=timezone.now())


@shared_task(name="customer_voice.tasks.send_due_events")  # type: ignore[untyped-decorator]
def send_due_events() -> None:
    services.send_due_events(now=timezone.now())


@shared_task(name="customer_voice.tasks.tally_surveys")  # type: ignore[untyped-decorator]
def tally_surveys() -> None:
    services.tally_surveys(now=timezone.now())


@shared_task(name="customer_voice.tasks.fetch_mailbox")  # type: ignore[untyped-decorator]
def fetch_mailbox(mailbox_id: int) -> None:
    services.fetch_mailbox(mailbox_id=mailbox_id)


@shared_task(name="customer_voice.tasks.look_into_folder")  # type: ignore[untyped-decorator]
def look_into_folder(folder_id: int) -> None:
    services.look_into_folder(folder_id=folder_id)


@shared_task(name="customer_voice.tasks.look_at_feeds")  # type: ignore[untyped-decorator]
def look_at_feeds() -> None:
    now = timezone.now()
    for mailbox in services.queue_mailboxes(now=now):
        enqueue(mailbox)
    for folder in services.queue_folders(now=now):
        enqueue(folder)


@shared_task(name="customer_voice.tasks.forget_calls")  # type: ignore[untyped-decorator]
def forget_calls() -> None:
    services.forget_calls(now=timezone.now())
