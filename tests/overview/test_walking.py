"""Every figure of the demo's value and return walks to the rows behind it, and these say what used them."""

import re
from urllib.parse import urljoin

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Membership, Organization, User
from common.jobs import JobState
from customer_voice.models import Feedback, ImportBatch
from cxprogram.demo import listening
from cxprogram.demo.people import email_of
from impact.models import Study
from impact.selectors.linkage import linkage_page
from tests.walking import (
    Element,
    at,
    clicks_to,
    figures_of,
    is_origin,
    leads_of,
    links_of,
    main_of,
    tree_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]
SHARE = 0.25  # of the demo's answers: the pages are the same, and made in a fraction of the time
MOST = 6
ROW = re.compile(r"/listen/feedback/\d+/$")


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker, tmp_path_factory):
    """The demo organization, made once."""
    patch = pytest.MonkeyPatch()
    patch.setattr(
        listening, "STREAMS", tuple((*one[:2], one[2] * SHARE, *one[3:]) for one in listening.STREAMS)
    )
    folder = tmp_path_factory.mktemp("walking")
    with (
        override_settings(VAR_DIR=folder, MEDIA_ROOT=folder, COUNTS_AT_ONCE=True),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        call_command("demo", verbosity=0)
        yield Organization.objects.get(slug="aurelia")
        transaction.set_rollback(True)
    patch.undo()


@pytest.fixture
def opened(demo, django_db_blocker):
    """Opens a page of the demo as its CX leader, each once."""
    pages: dict[str, Element] = {}
    client = Client()
    with django_db_blocker.unblock():
        client.force_login(User.objects.get(email=email_of("maya")))

    def open_(address: str) -> Element:
        if address not in pages:
            with django_db_blocker.unblock():
                response = client.get(address)
            assert response.status_code == 200, (address, response.status_code)
            is_page = response["Content-Type"].startswith("text/html")
            pages[address] = tree_of(response.content.decode() if is_page else "<main></main>")
        return pages[address]

    return open_


@pytest.fixture
def valued(demo, django_db_blocker) -> str:
    with django_db_blocker.unblock():
        study = Study.objects.filter(initiative__number=1).finished().first()
        return reverse("impact:study_detail", args=["aurelia", 1, study.number])


@pytest.fixture
def returned() -> str:
    return reverse("impact:program", args=["aurelia"])


def is_row_or_origin(address: str, place: Element) -> bool:
    is_typed = is_origin(place) or any("data-origin" in one.said for one in place.all())
    return is_typed or is_row(address, place)


def is_row(address: str, _place: Element) -> bool:
    return bool(ROW.search(address))


@pytest.mark.parametrize("page", ["valued", "returned"])
def test_every_figure_walks_to_its_rows_or_its_typed_source_in_six_clicks(page, opened, request):
    address = request.getfixturevalue(page)
    figures = list(figures_of(main_of(opened(address))))
    assert len(figures) >= 30
    stuck = []
    for figure in figures:
        if is_origin(figure):
            continue
        ways = leads_of(figure)
        found = [clicks_to(urljoin(address, way), opened, is_row_or_origin, most=MOST - 1) for way in ways]
        if not ways or any(clicks is None for clicks in found):
            stuck.append((figure.text, ways))
    assert not stuck


@pytest.mark.parametrize(("page", "part"), [("valued", ""), ("valued", "money"), ("returned", "")])
def test_effect_and_money_walk_to_what_a_customer_said(page, part, opened, request):
    address = request.getfixturevalue(page)
    first = next(iter(figures_of(at(opened(address), part))))
    (way,) = leads_of(first)
    assert clicks_to(urljoin(address, way), opened, is_row, most=MOST - 1) is not None


def test_number_of_answers_is_the_number_of_rows_that_its_link_opens(opened, valued):
    table = at(opened(valued), "answers")
    cells = [one for one in figures_of(table) if one.tag == "td"]
    assert len(cells) >= 3
    for cell in cells[:2]:
        (way,) = leads_of(cell)
        shown = re.sub(r"\D", "", cell.text.split(" ")[0])
        listed = main_of(opened(urljoin(valued, way))).text
        assert shown in re.sub(r"(?<=\d)[.,\u00a0](?=\d{3})", "", listed), cell.text


def test_row_metric_and_initiative_lead_back_to_study_and_return(opened, valued, returned, demo):
    rows = urljoin(valued, leads_of(at(opened(valued), "answers"))[0].replace("&amp;", "&"))
    row = next(link for link in links_of(main_of(opened(rows))) if ROW.search(link))
    back = links_of(at(opened(row), "used-in"))
    assert valued in back
    metric = reverse("customer_voice:metric_detail", args=["aurelia", "nps"])
    back = links_of(at(opened(metric), "used-in"))
    initiative = reverse("coalition:initiative_detail", args=["aurelia", 1])
    assert valued in back
    assert initiative in back
    back = links_of(at(opened(initiative), "used-in"))
    assert valued in back
    assert returned in back


def test_costs_of_the_ledger_lead_back_to_the_return(opened, returned, demo):
    years = [link for link in leads_of(main_of(opened(returned))) if re.search(r"/costs/\d{4}/$", link)]
    assert years
    assert returned in links_of(at(opened(years[0]), "used-in"))


def test_row_leads_to_its_file_and_the_file_back_to_the_study_for_whoever_imports(demo, opened, valued):
    rows = urljoin(valued, leads_of(at(opened(valued), "answers"))[0])
    row = next(link for link in links_of(main_of(opened(rows))) if ROW.search(link))
    answer = Feedback.objects.get(pk=int(row.rstrip("/").rpartition("/")[2]))
    batch = ImportBatch.objects.create(
        organization=demo,
        filename="visits.csv",
        file_digest="a" * 64,
        file_bytes=10,
        source=answer.submission.source,
        metric=answer.metric,
        mapping={"score": "Score"},
        is_dry_run=False,
        job_state=JobState.DONE,
        imported_at=answer.received_at,
    )
    Feedback.objects.filter(pk=answer.pk).update(batch=batch)
    file = reverse("customer_voice:import_detail", args=["aurelia", batch.pk])
    answers = {}
    for role in (Role.CX_LEADER, Role.EXECUTIVE):
        client = Client()
        client.force_login(Membership.objects.filter(organization=demo, role=role).first().user)
        answers[role] = main_of(tree_of(client.get(row).content.decode()))
        if role is Role.CX_LEADER:
            back = tree_of(client.get(file).content.decode())
            assert valued in links_of(at(back, "used-in"))
    assert file in links_of(answers[Role.CX_LEADER])
    assert "visits.csv" in answers[Role.EXECUTIVE].text
    assert file not in links_of(answers[Role.EXECUTIVE])


def test_functions_that_lack_tools_are_compared_with_what_customers_say(demo, opened):
    """Built in: the teams without tools are those whose touchpoints disappoint."""
    page = linkage_page(demo)
    tools = next(link for link in page.drivers if link.key == "tools")
    assert page.refusal == ""
    assert page.smallest is not None
    assert tools.found is not None
    assert tools.units >= 10
    interval = tools.found.estimate.interval
    assert 0 < interval.low < tools.found.estimate.value < interval.high < 1
    teams = {unit.name: unit for unit in page.used}
    assert {"Installation", "Hotline", "Stores", "Repairs", "Logistics"} <= set(teams)
    text = main_of(opened(reverse("impact:employee_link", args=["aurelia"]))).text
    for figure in (tools.text, tools.range):  # made here without the reader's format
        assert figure.replace(".", ",") in text
