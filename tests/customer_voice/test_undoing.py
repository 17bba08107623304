"""An import is taken back: figures and answers are what they were, and what others have said since stays."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from common.jobs import JobState
from customer_voice import services
from customer_voice.choices import ImportStage
from customer_voice.errors import ImportNotReady, NothingToUndo, UndoChanged
from customer_voice.importers import FORMER
from customer_voice.models import (
    Channel,
    Contact,
    CustomerAccount,
    Feedback,
    FormerAnswer,
    ImportBatch,
    MetricPoint,
    Submission,
)
from customer_voice.services.feedback import record_feedback
from tests.customer_voice.conftest import HEADER, MAPPING, csv_bytes

WIDE = (*HEADER, "customer", "account", "channel")
WIDE_MAPPING = {**MAPPING, "customer": "customer", "account": "account", "channel": "channel"}


def rows(*scores: int, text: str = "", day: int = 14) -> bytes:
    return csv_bytes(
        [[f"r{n}", f"2026-03-{day}", "web", score, text, "home"] for n, score in enumerate(scores)]
    )


def undo(batch: ImportBatch, by: Any) -> ImportBatch:
    services.undo_import(batch=batch, by=by)
    services.run_import(batch_id=batch.pk)
    found = ImportBatch.objects.get(pk=batch.pk)
    assert (found.stage, found.failure) == (ImportStage.UNDONE, "")
    return found


def state() -> dict[str, Any]:
    """Every answer with all its columns, and every count."""
    answers = Feedback.objects.order_by("submission__external_id").values_list(
        "submission__external_id", "batch_id", *FORMER
    )
    points = [field.name for field in MetricPoint._meta.fields if field.name != "id"]
    return {
        "answers": list(answers),
        "points": sorted(map(str, MetricPoint.objects.values_list(*points))),
        "submissions": sorted(Submission.objects.values_list("external_id", flat=True)),
        "contacts": sorted(Contact.objects.values_list("external_reference", "account_id")),
        "accounts": sorted(CustomerAccount.objects.values_list("external_reference", flat=True)),
        "channels": sorted(Channel.objects.values_list("name", flat=True)),
    }


@pytest.fixture
def wide(bring_in) -> Callable[..., ImportBatch]:
    """Import rows that name customers too."""

    def make(*lines: list[object], **options: Any) -> ImportBatch:
        return bring_in(csv_bytes(lines, WIDE), mapping=WIDE_MAPPING, replaces_known=True, **options)

    return make


def test_a_wrong_file_goes_as_if_it_had_never_come(wide, bring_in, touchpoints, ada):
    bring_in(rows(10, 3))
    before = state()
    wrong = wide(
        ["x1", "2026-03-14", "web", 0, "wrong", "shop", "anna@lumenfeld.example", "LF", "mail"],
        ["x2", "2026-03-15", "phone", 1, "", "shop", "ben@lumenfeld.example", "LF", "chat"],
    )
    assert (Contact.objects.count(), CustomerAccount.objects.count(), Channel.objects.count()) == (2, 1, 2)
    preview = services.undo_preview(wrong)
    assert (preview.removed, preview.restored, preview.changed_since, preview.not_kept) == (2, 0, 0, 0)
    after = undo(wrong, ada)
    assert state() == before
    assert not after.file


def test_what_it_replaced_is_what_it_was_to_the_last_column(wide, touchpoints, ada, ttr):
    wide(
        ["r1", "2026-03-14T09:30", "web", 10, "was good", "home", "C-1", "A-1", "mail"],
        ["r2", "2026-03-15", "phone", 2, "was bad", "shop", "C-2", "A-2", "chat"],
        ["r3", "2026-03-15", "phone", 7, "", "", "", "", ""],
    )
    before = state()
    later = wide(
        ["r1", "2026-04-01", "phone", 0, "is bad", "shop", "C-3", "A-3", "desk"],
        ["r2", "2026-03-15", "phone", 2, "was bad", "shop", "C-2", "A-2", "chat"],
        ["r3", "2026-03-15", "phone", 7, "now with words", "home", "C-2", "A-2", "chat"],
        ["r4", "2026-03-16", "web", 9, "", "", "", "", ""],
    )
    assert (later.rows_created, later.rows_updated, later.rows_unchanged) == (1, 2, 1)
    preview = services.undo_preview(later)
    assert (preview.removed, preview.restored) == (1, 2)
    undo(later, ada)
    assert state() == before
    assert FormerAnswer.objects.count() == 0


def test_a_later_file_that_held_the_same_answer_is_named(bring_in, touchpoints, ada, client_of):
    first = bring_in(rows(10, 3))
    assert services.undo_preview(first).known_again == ()
    bring_in(rows(10, 4), replaces_known=True)  # r1 as it was, r2 changed
    preview = services.undo_preview(first)
    assert (preview.removed, preview.changed_since) == (1, 1)
    assert preview.known_again == ("feedback.csv",)
    page = client_of(ada).get(reverse("customer_voice:import_undo", args=["northwind", first.pk])).text
    assert "Files that came later held answers that were here already: feedback.csv." in " ".join(
        page.split()
    )
    assert undo(first, ada).undone["known_again"] == ["feedback.csv"]


def test_a_customer_who_was_placed_by_the_file_is_placed_no_more(wide, touchpoints, ada):
    wide(["r1", "2026-03-14", "web", 9, "", "", "C-1", "", ""])
    before = state()
    undo(wide(["r2", "2026-03-15", "web", 9, "", "", "C-1", "A-1", ""]), ada)
    assert state() == before


def test_a_customer_whom_somebody_has_saved_since_stays(wide, touchpoints, ada):
    batch = wide(["r1", "2026-03-14", "web", 9, "", "", "C-1", "A-1", "mail"])
    services.save_contact(by=ada, external_reference="C-1", values={})
    services.save_account(by=ada, external_reference="A-1", values={"name": "Lumenfeld"})
    undo(batch, ada)
    assert list(Contact.objects.values_list("external_reference", flat=True)) == ["C-1"]
    assert list(CustomerAccount.objects.values_list("name", flat=True)) == ["Lumenfeld"]
    assert not Channel.objects.exists()


def test_what_a_later_import_changed_stays_and_is_named(bring_in, touchpoints, ada):
    first = bring_in(rows(10, 3, 8))
    bring_in(rows(10, 4), replaces_known=True)
    preview = services.undo_preview(first)
    assert (preview.removed, preview.changed_since, preview.named) == (2, 1, ("r1",))
    undone = undo(first, ada)
    assert [(row.submission.external_id, row.score) for row in Feedback.objects.all()] == [("r1", 4)]
    assert undone.undone["named"] == ["r1"]


def test_imports_on_top_of_each_other_leave_nothing_in_either_order(bring_in, touchpoints, ada):
    for order in ((0, 1, 2), (2, 1, 0), (1, 0, 2), (1, 2, 0)):
        empty = state()
        batches = [bring_in(rows(10, 3, 7))]
        batches += [bring_in(rows(9, score), replaces_known=True) for score in (4, 5)]
        for place in order:
            undo(batches[place], ada)
        assert state() == empty, order


def test_the_one_in_the_middle_leaves_what_the_last_one_says_and_the_last_what_the_first_said(
    bring_in, touchpoints, ada
):
    bring_in(rows(10, text="first"))
    first = state()
    middle = bring_in(rows(5, text="middle"), replaces_known=True)
    last = bring_in(rows(1, text="last"), replaces_known=True)
    top = state()
    assert services.undo_preview(last).restored == 1
    assert services.undo_preview(middle).later == ("feedback.csv",)
    with pytest.raises(NothingToUndo, match=r"Undo “feedback\.csv” first"):
        services.undo_import(batch=middle, by=ada)
    assert state() == top
    undo(last, ada)
    undo(middle, ada)
    assert state() == first


def test_what_another_program_changed_since_stays(bring_in, touchpoints, ada, organization, nps):
    batch = bring_in(rows(10, 3))
    item = {"external_id": "r0", "occurred_at": "2026-03-14", "touchpoint": "web", "score": "7"}
    record_feedback(
        organization=organization, metric=nps, source="test", items=[item], by=ada, replaces_known=True
    )
    assert services.undo_preview(batch).named == ("r0",)
    undo(batch, ada)
    assert list(Feedback.objects.values_list("score", flat=True)) == [7]


def test_erased_words_do_not_come_back(wide, touchpoints, ada):
    wide(
        ["r1", "2026-03-14", "web", 10, "my secret", "home", "C-1", "", ""],
        ["r2", "2026-03-14", "web", 10, "other words", "home", "C-2", "", ""],
    )
    second = wide(
        ["r1", "2026-03-14", "web", 3, "of somebody else", "home", "C-3", "", ""],
        ["r2", "2026-03-14", "web", 4, "changed", "home", "C-2", "", ""],
    )
    services.erase_customer(by=ada, customer="C-1")
    services.erase_answer(by=ada, answer=Feedback.objects.get(submission__external_id="r2"))
    assert not FormerAnswer.objects.exclude(text="").exists()
    assert not FormerAnswer.objects.exclude(contact=None).exists()
    undo(second, ada)
    found = Feedback.objects.order_by("pk").values_list("score", "text", "contact")
    assert list(found) == [(10, "", None), (10, "", None)]


def test_an_answer_that_an_erasure_removed_is_not_missed(bring_in, touchpoints, ada):
    batch = bring_in(rows(10, 3, text="words"))
    services.erase_answer(by=ada, answer=Feedback.objects.get(score=3), removes_rows=True)
    assert undo(batch, ada).undone["removed"] == 1
    assert not Feedback.objects.exists()


def test_an_import_of_the_time_before_says_what_cannot_be_restored(bring_in, touchpoints, ada):
    bring_in(rows(10))
    older = bring_in(rows(2, 9), replaces_known=True)
    FormerAnswer.objects.all().delete()
    ImportBatch.objects.filter(pk=older.pk).update(keeps_former=False, imported_at=None)
    older.refresh_from_db()
    preview = services.undo_preview(older)
    assert (preview.removed, preview.restored, preview.not_kept, preview.named) == (1, 0, 1, ("r0",))
    undo(older, ada)
    assert list(Feedback.objects.values_list("score", flat=True)) == [2]
    older = bring_in(rows(6), replaces_known=True)
    FormerAnswer.objects.all().delete()
    ImportBatch.objects.filter(pk=older.pk).update(keeps_former=False, imported_at=None)
    with pytest.raises(NothingToUndo, match="former values were not kept yet"):
        services.undo_import(batch=older, by=ada)


def test_only_an_import_that_is_in_can_be_taken_back_and_only_once(check, bring_in, touchpoints, ada):
    with pytest.raises(ImportNotReady):
        services.undo_import(batch=check(rows(10)), by=ada)
    batch = undo(bring_in(rows(10)), ada)
    with pytest.raises(ImportNotReady, match="already"):
        services.undo_import(batch=batch, by=ada)
    for step in (services.start_import, services.discard_import):
        with pytest.raises(ImportNotReady):
            step(batch=batch)


def test_nobody_confirms_more_than_was_shown(bring_in, touchpoints, ada):
    batch = bring_in(rows(10, 3))
    seen = services.undo_preview(batch).mark
    bring_in(rows(4), replaces_known=True)
    with pytest.raises(UndoChanged):
        services.undo_import(batch=batch, by=ada, seen=seen)
    assert Feedback.objects.count() == 2


def test_an_undo_that_breaks_off_leaves_everything_and_can_be_tried_again(
    bring_in, touchpoints, ada, monkeypatch
):
    batch = bring_in(rows(10, 3))
    before = state()
    services.undo_import(batch=batch, by=ada)
    monkeypatch.setattr("customer_voice.services.undoing.recount", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        services.run_import(batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.stage, batch.job_state) == (ImportStage.IMPORTED, JobState.FAILED)
    assert "Nothing was changed" in batch.failure
    assert state() == before
    monkeypatch.undo()
    undo(batch, ada)
    assert not Feedback.objects.exists()


def test_the_trail_says_who_took_what_back(bring_in, touchpoints, ada):
    batch = bring_in(rows(10, 3))
    undo(batch, ada)
    entry = AuditEvent.objects.get(verb="import.undone")
    assert entry.actor == ada.user
    assert entry.after["removed"] == 2
    assert "r0" not in str(entry.after)


def test_the_same_file_comes_in_again_after_it_was_taken_back(bring_in, touchpoints, ada):
    undo(bring_in(rows(10, 3)), ada)
    assert bring_in(rows(10, 3)).rows_created == 2


# --- both doors ----------------------------------------------------------------------------------


@pytest.fixture
def at_once(monkeypatch) -> None:
    """The job is done as soon as it is asked for."""
    done = {"customer_voice.views.imports.enqueue", "customer_voice.api.views.enqueue"}
    for name in done:
        monkeypatch.setattr(name, lambda batch: services.run_import(batch_id=batch.pk))


def test_the_page_says_what_goes_and_takes_it_back(
    client_of, ada, bring_in, touchpoints, at_once, organization
):
    first = bring_in(rows(10, 3))
    second = bring_in(rows(9, 3, 5), replaces_known=True)
    client = client_of(ada)
    address = reverse("customer_voice:import_undo", args=[organization.slug, second.pk])
    assert (
        address
        in client.get(reverse("customer_voice:import_detail", args=[organization.slug, second.pk])).text
    )
    page = client.get(address)
    assert "1 answer that it added goes." in page.text
    assert "1 answer that it changed becomes again what it was before." in page.text
    assert Feedback.objects.count() == 3
    answer = client.post(address, {"seen": page.context["undo"].mark})
    assert answer.status_code == 302
    assert sorted(Feedback.objects.values_list("score", flat=True)) == [3, 10]
    report = client.get(answer.url).text
    assert "Answers removed: 1. Answers restored to what they were before: 1." in report
    assert "Undo this import" not in report
    assert client.get(address).status_code == 302
    stale = client.post(
        reverse("customer_voice:import_undo", args=[organization.slug, first.pk]), {"seen": "9-0-0-0"}
    )
    assert stale.status_code == 409
    assert "read what would go now" in stale.text
    assert Feedback.objects.count() == 2


def test_the_api_does_what_the_page_does(api_of, ada, bring_in, touchpoints, at_once, organization):
    batch = bring_in(rows(10, 3))
    api, address = api_of(ada), f"/api/v1/o/{organization.slug}/imports/{batch.pk}/undo/"
    preview = api.get(address).json()
    assert (preview["removed"], preview["restored"], preview["named"]) == (2, 0, [])
    assert api.post(address, {"seen": "1-0-0-0"}, format="json").status_code == 409
    assert api.post(address, {"seen": preview["mark"]}, format="json").status_code == 202
    found = api.get(f"/api/v1/o/{organization.slug}/imports/{batch.pk}/").json()
    assert (found["stage"], found["undone"]["removed"]) == ("undone", 2)
    assert api.post(address, {}, format="json").status_code == 409


def test_who_may_not_import_may_not_take_back(
    client_of, api_of, cleo, dora, bring_in, touchpoints, organization
):
    batch = bring_in(rows(10))
    address = reverse("customer_voice:import_undo", args=[organization.slug, batch.pk])
    door = f"/api/v1/o/{organization.slug}/imports/{batch.pk}/undo/"
    for member, status in ((cleo, 403), (dora, 404)):
        assert client_of(member).get(address).status_code == status
        assert client_of(member).post(address).status_code == status
        assert api_of(member).get(door).status_code == status
        assert api_of(member).post(door, {}, format="json").status_code == status
    assert Feedback.objects.count() == 1


def test_what_is_confirmed_while_an_undo_waits_is_refused_until_that_has_finished(
    check, bring_in, ada, touchpoints
):
    """The worker is dead; the file would have come in between, and the undo after it."""
    first = bring_in(rows(9, 9))
    second = check(rows(3, day=15))
    services.undo_import(batch=first, by=ada)
    with pytest.raises(ImportNotReady, match=first.filename):
        services.start_import(batch=second, replaces_known=True)
    second.refresh_from_db()
    assert second.stage == ImportStage.CHECKED
    services.run_import(batch_id=first.pk)
    services.start_import(batch=second, replaces_known=True)
    services.run_import(batch_id=second.pk)
    assert [answer.score for answer in Feedback.objects.all()] == [3]
