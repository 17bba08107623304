"""Operational figures by touchpoint and day, as operations report them: sums, averages, shares; expectations
are worked out by hand."""

from decimal import Decimal

import pytest
from django.db.models import Sum

from customer_voice import services
from customer_voice.errors import MappingRefused
from customer_voice.models import Feedback, ImportBatch, MetricDefinition, TotalPoint
from customer_voice.services.reading import Reading
from tests.factories.customer_voice import TouchpointFactory
from tests.tabular.books import workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def operations(organization):
    for key in ("billing", "moving"):
        TouchpointFactory(organization=organization, key=key, name=key.title())
    keys = ("waiting_time", "first_contact", "on_time", "contact_rate")
    return {one.key: one for one in services.create_standard_metrics(organization, keys)}


@pytest.fixture
def as_proposed(upload):
    """Import with what is proposed and nothing else."""

    def make(content: str | bytes, **options) -> ImportBatch:
        raw = content.encode() if isinstance(content, str) else content
        batch = upload(raw, encoding="auto", **options)
        mapping, reading = services.proposed_choices(batch)
        _facts, proposal = services.import_proposal(batch)
        metric = MetricDefinition.objects.get(pk=proposal["metric"])
        services.map_import(batch=batch, mapping=mapping, metric=metric, reading=reading)
        services.run_import(batch_id=batch.pk)
        batch.refresh_from_db()
        return batch

    return make


def stored():
    rows = Feedback.objects.order_by("occurred_at", "touchpoint__key")
    return [(one.touchpoint.key, one.score, one.exposure) for one in rows.select_related("touchpoint")]


def bring(batch):
    assert (batch.failure, list(batch.row_errors.values_list("row_number", "code"))) == ("", [])
    services.start_import(batch=batch)
    services.run_import(batch_id=batch.pk)
    return ImportBatch.objects.get(pk=batch.pk)


def figure(organization, metric):
    """What the points of the roll-up make."""
    found = TotalPoint.objects.of(organization).aggregate(amount=Sum("amount"), exposure=Sum("exposure"))
    return float(found["amount"] / found["exposure"] * metric.per)


FILES = {
    "averages in seconds": (
        "Queue,StartInterval,Contacts queued,Contacts handled,Average queue answer time (sec)\n"
        "Billing,2026-03-02,110,100,90\nMoving,2026-03-02,60,50,30.6\n",
        "waiting_time",
        [("billing", 150, 100), ("moving", Decimal("25.5"), 50)],
        175.5 / 150,  # minutes a contact
    ),
    "averages as clock": (
        "Queue,Date,Calls answered,Avg wait\nBilling,2026-03-02,100,0:01:30\nMoving,2026-03-02,50,0:00:45\n",
        "waiting_time",
        [("billing", 150, 100), ("moving", Decimal("37.5"), 50)],
        187.5 / 150,
    ),
    "minutes in sum": (
        "Queue,Date,Calls answered,Minutes waited\nBilling,2026-03-02,100,150\nMoving,2026-03-02,50,25\n",
        "waiting_time",
        [("billing", 150, 100), ("moving", 25, 50)],
        175 / 150,
    ),
    "German, semicolon, decimal comma": (
        "Warteschlange;Datum;Angenommene Anrufe;Mittlere Wartezeit (min)\n"
        "Billing;02.03.2026;100;1,5\nMoving;02.03.2026;50;0,51\n",
        "waiting_time",
        [("billing", 150, 100), ("moving", Decimal("25.5"), 50)],
        175.5 / 150,
    ),
    "Chinese": (
        "技能组,日期,接听量,平均等待时长（秒）\nBilling,2026年3月2日,100,90\nMoving,2026年3月2日,50,30\n",
        "waiting_time",
        [("billing", 150, 100), ("moving", 25, 50)],
        175 / 150,
    ),
    "percent": (
        "Queue,Date,Contacts,FCR %\nBilling,2026-03-02,250,80 %\nMoving,2026-03-02,50,50%\n",
        "first_contact",
        [("billing", 200, 250), ("moving", 25, 50)],
        225 / 300 * 100,
    ),
    "percent without the sign": (
        "Queue,Date,Contacts,First contact resolution rate\n"
        "Billing,2026-03-02,250,80\nMoving,2026-03-02,50,50\n",
        "first_contact",
        [("billing", 200, 250), ("moving", 25, 50)],
        75.0,
    ),
    "shares of one": (
        "Carrier,Day,Deliveries,OTD\nBilling,2026-03-02,200,0.96\nMoving,2026-03-02,50,1\n",
        "on_time",
        [("billing", 192, 200), ("moving", 50, 50)],
        242 / 250 * 100,
    ),
    "counted": (
        "Depot,Day,Deliveries,On time\nBilling,2026-03-02,200,192\nMoving,2026-03-02,50,50\n",
        "on_time",
        [("billing", 192, 200), ("moving", 50, 50)],
        96.8,
    ),
    "volumes": (
        "Line,Date,Calls,Active customers\nBilling,2026-03-02,30,6000\nMoving,2026-03-02,10,2000\n",
        "contact_rate",
        [("billing", 30, 6000), ("moving", 10, 2000)],
        5.0,  # of a thousand customers
    ),
}


@pytest.mark.parametrize("kind", FILES)
def test_figures_of_days_come_in_at_the_first_try(kind, operations, as_proposed, organization):
    content, key, rows, value = FILES[kind]
    batch = bring(as_proposed(content))
    assert batch.metric == operations[key]
    assert stored() == rows
    assert figure(organization, batch.metric) == pytest.approx(value)


def test_a_share_that_a_workbook_shows_as_percent_is_a_share_of_one(operations, as_proposed, organization):
    rows = [["Depot", "Day", "Deliveries", "OTD %"], ["Billing", "2026-03-02", 200, 0.965]]
    bring(as_proposed(workbook(("KPI", rows)), filename="kpi.xlsx"))
    assert stored() == [("billing", 193, 200)]


def test_a_corrected_day_replaces_itself_and_the_recipe_knows_how_it_is_read(operations, as_proposed, upload):
    content = FILES["percent"][0]
    bring(as_proposed(content))
    again = upload(content.replace("80 %", "90 %").encode(), encoding="auto")
    _facts, proposal = services.import_proposal(again)
    assert (proposal["reading"].amounts, services.preset_used(again, _facts)) == ("figure", None)
    batch = as_proposed(content.replace("80 %", "90 %"))
    assert (batch.rows_created, batch.rows_updated, batch.rows_unchanged) == (0, 1, 1)


def test_a_finished_figure_without_its_base_is_refused_in_its_row(operations, as_proposed):
    batch = as_proposed("Queue,Date,Contacts,FCR %\nBilling,2026-03-02,,80 %\nMoving,2026-03-02,50,x\n")
    errors = batch.row_errors.order_by("row_number").values_list("row_number", "code", "column", "value")
    assert list(errors) == [(2, "needs_exposure", "Contacts", ""), (3, "no_number", "FCR %", "x")]


def test_no_finished_figures_of_answers_and_none_without_a_base(operations, nps, upload):
    batch = upload(b"day,touchpoint,x\n2026-03-02,billing,9\n", encoding="auto")
    mapping = {"occurred_at": "day", "touchpoint": "touchpoint", "score": "x"}
    reading = Reading(amounts="figure")
    for metric, field in ((nps, "amounts"), (operations["on_time"], "exposure")):
        with pytest.raises(MappingRefused) as refused:
            services.map_import(batch=batch, mapping=mapping, metric=metric, reading=reading)
        assert list(refused.value.fields) == [field]


def test_the_page_says_what_it_looks_like_and_which_metric_is_missing(upload, organization, ada, client_of):
    batch = upload(FILES["volumes"][0].encode(), encoding="auto")
    address = f"/o/northwind/listen/imports/{batch.pk}/columns/"
    page = client_of(ada).get(address).text
    assert "This looks like operational figures: Contacts per 1,000 customers." in page
    assert "This metric is not in use yet." in page
    services.create_standard_metrics(organization, ["contact_rate"])
    assert "This metric is not in use yet." not in client_of(ada).get(address).text


@pytest.mark.parametrize(
    "header", ["Date,Score,Comment,Tickets", "Day,touchpoint,late,deliveries", "Date,Customers,Comment"]
)
def test_other_files_are_not_taken_for_figures(header, upload):
    batch = upload(f"{header}\n2026-03-02,1,x,y\n".encode(), encoding="auto")
    facts, _proposal = services.import_proposal(batch)
    assert services.preset_used(batch, facts) is None
