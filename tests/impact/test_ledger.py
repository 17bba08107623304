"""The program's ledger: written whole, signed by another person, voided by a change; missing years."""

import io
from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, EventDelivery, Organization
from accounts.services import update_organization
from common.errors import InvalidValues
from common.outbox import deliver
from common.reckoning import Reckoning
from impact.access import ledger_year_for
from impact.errors import LedgerChanged, SignOffNotAllowed
from impact.models import ExchangeRate, LedgerYear
from impact.selectors import (
    ledger_page,
    ledger_row,
    ledger_versions,
    ledger_year_view,
    ledger_years_to_review,
    refusal_of_ledger_review,
)
from impact.services import (
    LedgerYearValues,
    ledger_mark,
    planned_import,
    review_ledger_year,
    save_ledger_year,
    save_rate,
)
from tests.impact.program import finance, ledger, line

pytestmark = pytest.mark.django_db


@pytest.fixture
def fay(organization):
    return finance(organization)


def signed(fay, row: LedgerYear) -> LedgerYear:
    return review_ledger_year(row=row, by=fay, decision="signed")


def address(name: str, *args: object) -> str:
    return reverse(f"impact:{name}", args=["northwind", *args])


# --- fiscal years -----------------------------------------------------------------------------------


def test_a_fiscal_year_is_called_by_the_calendar_year_in_which_it_ends():
    april = Reckoning(year_begins=4)
    assert april.fiscal_year(date(2025, 3, 31)) == 2025
    assert april.fiscal_year(date(2025, 4, 1)) == 2026
    assert (april.first_day(2026), april.last_day(2026)) == (date(2025, 4, 1), date(2026, 3, 31))
    january = Reckoning()
    assert (january.fiscal_year(date(2025, 12, 31)), january.last_day(2025)) == (2025, date(2025, 12, 31))


def reckon_from(by, month: int, *, is_told: bool = True) -> None:
    """Fiscal years begin in this month from now on, and the rooms above know it."""
    organization = by.organization
    update_organization(
        by=by,
        name=organization.name,
        currency=organization.currency,
        time_zone=organization.time_zone,
        language=organization.language,
        discount_rate_pct=organization.discount_rate_pct,
        year_begins=month,
    )
    organization.refresh_from_db()
    if is_told:
        deliver(EventDelivery, now=timezone.now())


def standing(by, year=2025):
    """The sign-off of a year as pages and API tell it."""
    return ledger_row(Organization.objects.get(pk=by.organization_id), year).sign_off


def test_finances_word_stands_on_the_months_that_it_was_given_on(ada, fay):
    row = signed(fay, ledger(ada, {2025: "100"})[0])
    reckon_from(ada, 1)
    assert standing(ada) == "signed"
    reckon_from(ada, 7)
    row = ledger_year_for(ada, 2025)
    assert (row.sign_off, row.voided["state"], row.voided["changed_by"]) == ("open", "signed", "Ada")
    ada.organization.refresh_from_db()
    assert ledger_page(ada.organization).fiscal.last_day(2026) == date(2026, 6, 30)


@pytest.mark.parametrize("is_told", [False, True])
def test_no_signature_waits_for_the_worker_to_lose_its_ground(ada, fay, client_of, is_told):
    """The change of months is known to every page at once, whenever the worker hears of it."""
    row = signed(fay, ledger(ada, {2025: "100"})[0])
    reckon_from(ada, 7, is_told=is_told)
    assert standing(ada) == "open"
    fay.refresh_from_db()
    assert [year.year for year in ledger_years_to_review(fay)] == [2025]
    page = client_of(fay).get(address("ledger_year", 2025)).content.decode()
    assert "changed the month in which fiscal years begin" in page
    assert "Signed off" not in page
    listed = client_of(fay).get(address("ledger")).content.decode()
    assert "Changed since finance reviewed it" in listed
    assert "Signed off" not in listed
    told = client_of(fay).get("/api/v1/o/northwind/program/costs/2025/").json()
    assert (told["sign_off"], told["sign_off_by"], told["voided"]["because"]) == ("open", "", "months")
    assert standing(signed(fay, row).changed_by) == "signed"


def test_a_signature_is_there_again_with_its_months(ada, fay):
    signed(fay, ledger(ada, {2025: "100"})[0])
    reckon_from(ada, 7)
    reckon_from(ada, 1)
    assert standing(ada) == "signed"


def test_costs_that_change_under_other_months_take_the_signature_away_for_good(ada, fay):
    signed(fay, ledger(ada, {2025: "100"})[0])
    reckon_from(ada, 7, is_told=False)
    ledger(ada, {2025: "101"})
    reckon_from(ada, 1)
    assert standing(ada) == "open"
    assert LedgerYear.objects.get().voided["because"] == "months"


def test_what_finance_says_after_the_change_of_months_stays_however_late_that_is_told(ada, fay):
    """The worker tells it; it may have been down meanwhile."""
    first, second = ledger(ada, {2025: "100", 2026: "200"})
    signed(fay, first)
    reckon_from(ada, 7, is_told=False)
    signed(fay, second)
    deliver(EventDelivery, now=timezone.now())
    assert (standing(ada, 2025), standing(ada, 2026)) == ("open", "signed")


@pytest.mark.parametrize("decision", ["signed", "disputed"])
def test_the_page_says_what_took_finances_word_away(ada, fay, decision):
    def word(row):
        review_ledger_year(row=row, by=fay, decision=decision, comment="No.")

    def in_dollars(amount):
        values = LedgerYearValues(year=2025, lines=(line(amount, currency="USD"),))
        return save_ledger_year(by=ada, values=values)

    def told():
        return ledger_year_view(ada.organization, 2025).voided_text

    row = in_dollars("100")
    word(row)
    save_rate(by=ada, currency="USD", day=date(2025, 12, 31), rate=Decimal("0.9"), source="ECB")
    assert f"Fay {decision} this year" in told()
    assert "Ada recorded another exchange rate on" in told()
    row.refresh_from_db()
    word(row)
    reckon_from(ada, 7)
    assert "Ada changed the month in which fiscal years begin on" in told()
    row.refresh_from_db()
    word(row)
    in_dollars("101")
    assert "Ada changed it on" in told()
    LedgerYear.objects.update(voided={**LedgerYear.objects.get().voided, "because": "costs"})
    older = LedgerYear.objects.get()
    older.voided.pop("because")
    older.save()
    assert "Ada changed it on" in told()


# --- writing ----------------------------------------------------------------------------------------


def test_the_trail_keeps_both_states_and_counts_versions(ada):
    ledger(ada, {2025: "100.50"})
    row = ledger(ada, {2025: "200"})[0]
    event = AuditEvent.objects.filter(verb="ledger_year.saved").first()
    assert event.before["lines"][0]["amount"] == "100.50"
    assert event.after["lines"][0]["amount"] == "200.00"
    assert [(one.number, one.total) for one in ledger_versions(row)] == [
        (2, "EUR\u00a0200"),
        (1, "EUR\u00a0100.50"),
    ]


def test_saving_it_as_it_was_changes_nothing(ada, fay):
    row = signed(fay, ledger(ada, {2025: "100"})[0])
    ledger(ada, {2025: "100.00"})
    row.refresh_from_db()
    assert (row.version, row.sign_off) == (1, "signed")
    assert AuditEvent.objects.filter(verb="ledger_year.saved").count() == 1


def test_two_writers_do_not_overwrite_each_other(ada):
    row = ledger(ada, {2025: "100"})[0]
    values = LedgerYearValues(year=2025, lines=(line("300"),))
    with pytest.raises(LedgerChanged):
        save_ledger_year(by=ada, values=values, seen=0)
    assert save_ledger_year(by=ada, values=values, seen=row.version).version == 2


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (LedgerYearValues(year=1989, lines=(line("1"),)), "year"),
        (LedgerYearValues(year=2101, lines=(line("1"),)), "year"),
        (LedgerYearValues(year=2025, lines=(line("-1"),)), "line-0-amount"),
        (LedgerYearValues(year=2025, lines=(line("1"), line("1.005"))), "line-1-amount"),
        (LedgerYearValues(year=2025, lines=(line("1", "XXX"),)), "line-0-currency"),
        (LedgerYearValues(year=2025, lines=(line("1", kind="bribes"),)), "line-0-kind"),
        (LedgerYearValues(year=2025, lines=(line("1", source=" "),)), "line-0-source"),
        (LedgerYearValues(year=2025, lines=(line("1", note="x" * 201),)), "line-0-note"),
        (LedgerYearValues(year=2025, lines=(line("1"),) * 61), "lines"),
        (LedgerYearValues(year=2025, lines=(), budget=Decimal(-1)), "budget"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_stored(ada, values, field):
    with pytest.raises(InvalidValues) as refusal:
        save_ledger_year(by=ada, values=values)
    assert field in refusal.value.fields
    assert not LedgerYear.objects.exists()


def test_names_of_every_script_are_kept(ada):
    words = {"source": "Gehälter 👩‍💻 משכורות 工资单 " * 5, "note": "שלום 你好 🎉"}
    save_ledger_year(by=ada, values=LedgerYearValues(year=2025, lines=(line("1", **words),)))
    stored = LedgerYear.objects.get().lines.get()
    assert (stored.source, stored.note) == (words["source"].strip(), words["note"])


# --- finance ----------------------------------------------------------------------------------------


def test_who_wrote_it_may_not_sign_it(organization, ada, fay):
    row = ledger(fay, {2025: "100"})[0]
    ledger(ada, {2025: "200"})  # a later save by somebody else takes nobody out
    assert "wrote costs of this year" in refusal_of_ledger_review(row, fay)
    with pytest.raises(SignOffNotAllowed):
        signed(fay, row)
    assert signed(finance(organization, "Gus"), row).sign_off == "signed"


def test_a_dispute_says_why(ada, fay):
    row = ledger(ada, {2025: "100"})[0]
    with pytest.raises(InvalidValues):
        review_ledger_year(row=row, by=fay, decision="disputed", comment=" ")
    with pytest.raises(InvalidValues):
        review_ledger_year(row=row, by=fay, decision="open")
    found = review_ledger_year(row=row, by=fay, decision="disputed", comment="Half of it is marketing's.")
    assert (found.sign_off, found.sign_off_comment) == ("disputed", "Half of it is marketing's.")


def test_a_change_after_signing_voids_the_signature_visibly(ada, fay, client_of):
    signed(fay, ledger(ada, {2025: "100"})[0])
    row = ledger(ada, {2025: "150"})[0]
    assert (row.sign_off, row.sign_off_by) == ("open", None)
    assert (row.voided["state"], row.voided["by"], row.voided["changed_by"]) == ("signed", "Fay", "Ada")
    page = client_of(ada).get(address("ledger_year", 2025)).text
    assert "Fay signed this year for finance on" in page
    assert "no longer holds" in page
    assert "Changed since finance reviewed it" in client_of(ada).get(address("ledger")).text
    signed(fay, row)
    assert ledger_year_view(ada.organization, 2025).voided_text == ""


def test_a_year_without_lines_cannot_be_signed(ada, fay):
    row = save_ledger_year(by=ada, values=LedgerYearValues(year=2025, lines=(), budget=Decimal(5)))
    with pytest.raises(SignOffNotAllowed):
        signed(fay, row)


def test_what_was_changed_since_it_was_read_is_not_signed(ada, fay):
    row = ledger(ada, {2025: "100"})[0]
    read = ledger_mark(row)
    ledger(ada, {2025: "900"})
    with pytest.raises(LedgerChanged):
        review_ledger_year(row=row, by=fay, decision="signed", seen=read)


# --- years that are missing, and other currencies ----------------------------------------------------


def test_a_year_in_between_is_missing_and_a_year_of_zero_is_not(ada):
    this = ada.organization.clock.today().year
    ledger(ada, {this - 3: "10", this - 1: "0", this: "5"})
    page = ledger_page(ada.organization)
    assert page.missing == (this - 2,)
    assert [year.year for year in page.years] == [this, this - 1, this - 2, this - 3]


def test_an_amount_without_a_rate_stands_apart_and_is_never_zero(ada):
    this = ada.organization.clock.today().year
    values = LedgerYearValues(year=this - 1, lines=(line("100"), line("1000", "CHF")))
    save_ledger_year(by=ada, values=values)
    year = ledger_year_view(ada.organization, this - 1)
    assert (year.total, year.apart_text) == (Decimal(100), "CHF\u00a01,000")
    save_rate(by=ada, currency="CHF", day=date(this - 1, 3, 1), rate=Decimal("1.10"), source="Bank")
    save_rate(by=ada, currency="CHF", day=date(this - 1, 12, 31), rate=Decimal("1.2"), source="Bank")
    save_rate(by=ada, currency="CHF", day=date(this, 1, 1), rate=Decimal(9), source="Bank")
    year = ledger_year_view(ada.organization, this - 1)
    assert year.total == Decimal(100) + 1000 * Decimal("1.2")  # the last one of the year, not a later one
    assert year.without_rate == ()


def test_a_rate_that_converts_a_signed_year_anew_takes_the_signature(ada, fay):
    values = LedgerYearValues(year=2025, lines=(line("1000", "CHF"),))
    row = signed(fay, save_ledger_year(by=ada, values=values))
    other = signed(fay, ledger(ada, {2024: "100"})[0])
    save_rate(by=ada, currency="CHF", day=date(2025, 3, 1), rate=Decimal("1.1"), source="Bank")
    for each, state in ((row, "open"), (other, "signed")):
        each.refresh_from_db()
        assert each.sign_off == state


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"currency": "EUR"}, "currency"),
        ({"rate": Decimal(0)}, "rate"),
        ({"rate": Decimal("-1")}, "rate"),
        ({"rate": Decimal("0.000000001")}, "rate"),
        ({"day": date.today() + timedelta(days=3)}, "day"),
        ({"source": ""}, "source"),
    ],
)
def test_a_rate_that_cannot_be_is_refused(ada, changes, field):
    values = {"currency": "CHF", "day": date(2025, 3, 1), "rate": Decimal(1), "source": "Bank", **changes}
    with pytest.raises(InvalidValues) as refusal:
        save_rate(by=ada, **values)
    assert field in refusal.value.fields
    assert not ExchangeRate.objects.exists()


# --- tables -----------------------------------------------------------------------------------------

GOOD = "Year;Kind of cost;Amount;Source;Note\n2024;people;1000,50;Payroll;\n2025;工具;300;Order;=1+1\n"


def test_a_table_replaces_the_years_that_it_names(ada, fay, client_of):
    signed(fay, ledger(ada, {2024: "7"})[0])
    ledger(ada, {2023: "5"})
    client = client_of(ada)
    file = SimpleUploadedFile("costs.csv", GOOD.encode())
    page = client.post(address("ledger_import"), {"file": file})
    assert "loses its review" in page.text
    assert LedgerYear.objects.get(year=2024).sign_off == "signed"  # nothing is changed yet
    plan = page.context["plan"]
    answer = client.post(address("ledger_import"), {"table": plan.table, "seen": plan.seen})
    assert answer.status_code == 302
    stored = {
        (line.ledger_year.year, line.kind, line.amount, line.currency, line.note)
        for year in LedgerYear.objects.all()
        for line in year.lines.all()
    }
    assert stored == {
        (2023, "people", Decimal(5), "EUR", ""),
        (2024, "people", Decimal("1000.50"), "EUR", ""),
        (2025, "tools", Decimal(300), "EUR", "=1+1"),
    }
    row = LedgerYear.objects.get(year=2024)
    assert (row.sign_off, row.budget) == ("open", Decimal(90_000))  # the file says nothing of a budget


def test_a_table_with_one_wrong_line_changes_nothing(ada, client_of):
    bad = GOOD + "2025;gifts;5;Order;\n2026;people;1.000;Order;\nx;people;5;Order;\n2025;people;-5;Order;\n"
    answer = client_of(ada).post(
        address("ledger_import"), {"file": SimpleUploadedFile("costs.csv", bad.encode())}
    )
    assert answer.status_code == 422
    assert "“gifts” is no kind of cost" in answer.text
    assert "“1.000” is no amount that reads in one way only" in answer.text
    assert "“x” is no year" in answer.text
    assert not LedgerYear.objects.exists()
    negative = io.BytesIO(b"year,kind,amount,source\n2025,people,-5,Order\n")
    with pytest.raises(InvalidValues):
        planned_import(organization=ada.organization, file=negative)


def test_a_table_without_the_needed_columns_says_which(ada, client_of):
    file = SimpleUploadedFile("costs.csv", b"year,kind\n2025,people\n")
    answer = client_of(ada).post(address("ledger_import"), {"file": file})
    assert answer.status_code == 422
    assert "Not found: amount, source" in answer.text


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_leaves_comes_back_the_same(ada, client_of, ending):
    note = "=cmd() שלום 你好 🎉"
    for year, amount in ((2024, "1000.50"), (2025, "0")):
        save_ledger_year(
            by=ada, values=LedgerYearValues(year=year, lines=(line(amount, note=note), line("3", "CHF")))
        )
    file = client_of(ada).get(address("ledger_export", ending))
    content = b"".join(file.streaming_content)
    plan = planned_import(organization=ada.organization, file=io.BytesIO(content))
    assert [year.is_same for year in plan.planned] == [True, True]
    assert AuditEvent.objects.filter(verb="ledger.exported").count() == 1


def test_a_page_keeps_what_was_typed_and_says_what_is_wrong(ada, client_of):
    sent = {"budget": "", "line-0-kind": "people", "line-0-amount": "-5", "line-0-currency": "EUR"}
    sent |= {"line-0-source": "Payroll", "line-0-note": "kept"}
    answer = client_of(ada).post(address("ledger_year_edit", 2025), sent)
    assert answer.status_code == 422
    assert 'value="kept"' in answer.text
    assert not LedgerYear.objects.exists()
    answer = client_of(ada).post(address("ledger_year_edit", 2025), sent | {"line-0-amount": "5"})
    assert answer.status_code == 302
    assert LedgerYear.objects.get().lines.get().amount == 5


def test_the_page_refuses_once_what_somebody_else_changed(ada, fay, client_of):
    ledger(ada, {2025: "100"})
    client = client_of(ada)
    page = client.get(address("ledger_year_edit", 2025))
    seen = page.text.split('name="seen" value="')[1].split('"')[0]
    ledger(fay, {2025: "200"})
    sent = {"seen": seen, "budget": "90000", "line-0-kind": "people", "line-0-amount": "300"}
    sent |= {"line-0-currency": "EUR", "line-0-source": "Payroll", "line-0-note": ""}
    answer = client.post(address("ledger_year_edit", 2025), sent)
    assert answer.status_code == 422
    assert "Fay changed this list while you were writing" in answer.text
    assert LedgerYear.objects.get().lines.get().amount == 200


def test_the_api_reads_writes_and_signs(ada, fay, api_of):
    base = "/api/v1/o/northwind/program/costs/"
    body = {
        "budget": "100.00",
        "lines": [{"kind": "people", "amount": "5", "currency": "EUR", "source": "P"}],
    }
    first = api_of(ada).put(f"{base}2025/", {**body, "version": 0}, format="json")
    assert (first.status_code, first.data["version"], first.data["lines"][0]["amount"]) == (200, 1, "5.00")
    assert (
        api_of(ada).put(f"{base}2025/", {**body, "version": 0, "budget": None}, format="json").status_code
        == 409
    )
    own = api_of(ada).post(f"{base}2025/sign-off/", {"decision": "signed"}, format="json")
    assert own.status_code == 403
    done = api_of(fay).post(f"{base}2025/sign-off/", {"decision": "signed", "version": 1}, format="json")
    assert (done.status_code, done.data["sign_off"], done.data["sign_off_by"]) == (200, "signed", "Fay")
    old = api_of(fay).post(f"{base}2025/sign-off/", {"decision": "signed", "version": 7}, format="json")
    assert old.status_code == 409
    unread = api_of(fay).post(
        f"{base}2025/sign-off/", {"decision": "disputed", "comment": "No"}, format="json"
    )
    assert (unread.status_code, list(unread.json()["errors"])) == (422, ["version"])
    blind = api_of(ada).put(f"{base}2025/", body, format="json")  # over lines that nobody says to have read
    assert (blind.status_code, list(blind.json()["errors"])) == (422, ["version"])
    assert LedgerYear.objects.get().sign_off == "signed"
    assert api_of(ada).put(f"{base}2026/", body, format="json").status_code == 200  # there is nothing to read
    read = api_of(ada).get(f"{base}2025/").json()
    assert api_of(ada).put(f"{base}2025/", {**read, "budget": "7.00"}, format="json").status_code == 200
    late = api_of(ada).put(f"{base}2025/", {**read, "budget": "8.00"}, format="json")
    assert (late.status_code, late.json()["code"]) == (409, "ledger_changed")  # also as it was read, whole
    unknown = api_of(ada).put(f"{base}2025/", {**body, "surprise": 1}, format="json")
    assert unknown.status_code == 422


# --- an older database ------------------------------------------------------------------------------


def test_words_of_before_stand_on_the_months_of_their_day(ada, fay):
    """Also where the months changed while no worker ran, so that nobody had voided the word yet."""
    migration = import_module("impact.migrations.0008_months_that_finance_reviewed")
    first, second, third = ledger(ada, {2024: "100", 2025: "100", 2026: "200"})
    signed(fay, first)
    reckon_from(ada, 4, is_told=False)
    reckon_from(ada, 7, is_told=False)
    signed(fay, second)
    LedgerYear.objects.update(reviewed_months=None)
    migration.fill(apps, None)
    months = [row.reviewed_months for row in LedgerYear.objects.order_by("year")]
    assert (months, third.sign_off) == ([1, 7, None], "open")
