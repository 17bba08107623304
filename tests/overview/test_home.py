"""Home: what needs me, the program, and the guided start by role. No link leads to a refusal."""

import re
from html import unescape

import pytest
from django.conf import settings
from django.urls import reverse

from accounts.choices import Role
from accounts.services import hide_guide, invite_person, show_guide
from overview.selectors import home_page
from tests.architecture.world import EXTRA, build_world
from tests.factories import MembershipFactory, UserFactory
from tests.factories.assessments import make_result
from tests.factories.coalition import seated
from tests.factories.journeys import TouchpointFactory

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]

PEOPLE, STAND, TOUCHPOINTS = "Invite your people", "See where you stand", "List your touchpoints"
FEEDBACK, COALITION = "Bring in feedback", "Assign coalition seats"
EMPLOYEES = "Ask your employees"
INITIATIVE, REPORT = "Decide on a first initiative", "Make the first report"
# The steps that each role may take; written out, never asked of the rights.
OWN_STEPS = {
    Role.ADMINISTRATOR: [PEOPLE, TOUCHPOINTS, FEEDBACK, EMPLOYEES, COALITION, REPORT],
    Role.CX_LEADER: [PEOPLE, STAND, TOUCHPOINTS, FEEDBACK, EMPLOYEES, COALITION, INITIATIVE, REPORT],
    Role.COALITION_MEMBER: [TOUCHPOINTS, INITIATIVE, REPORT],
    Role.EXECUTIVE: [REPORT],
    Role.FINANCE_REVIEWER: [REPORT],
    Role.CONTRIBUTOR: [],
    Role.AUDITOR: [REPORT],
}


def home_of(client) -> str:
    response = client.get(reverse("home", args=["northwind"]))
    assert response.status_code == 200
    return unescape(response.content.decode())


def links_of(page: str) -> set[str]:
    return {link for link in re.findall(r'href="(/[^"#]*)"', page) if not link.startswith("/static/")}


def refusals(client, page: str) -> dict[str, int]:
    found = {}
    for link in sorted(links_of(page)):
        status = client.get(link, follow=True).status_code
        if status != 200:
            found[link] = status
    return found


@pytest.mark.parametrize("role", list(Role))
def test_an_empty_organization_offers_each_role_only_what_it_may_do(role, organization, client_of):
    member = MembershipFactory(organization=organization, role=role)
    client = client_of(member)
    page = home_of(client)
    assert [step.name for step in home_page(member).guide.own] == OWN_STEPS[role]
    assert "/o/northwind/" in page
    assert refusals(client, page) == {}


def test_every_link_on_home_opens_for_everybody_in_a_full_organization(client_of):
    world = build_world(2)
    refused = {}
    for who in [*Role.values, *EXTRA]:
        client = client_of(world.members[who])
        refused[who] = refusals(client, home_of(client))
    assert refused == {who: {} for who in refused}


def test_a_new_organization_is_guided_step_by_step(ada, client_of):
    page = home_of(client_of(ada))
    assert "Next step: Invite your people" in page
    assert "Nothing needs you" not in page
    assert "Getting the program going" in page
    assert page.count("Begin") == 1


def test_an_administrator_begins_with_what_she_may_do(organization, client_of):
    chief = MembershipFactory(organization=organization, role=Role.ADMINISTRATOR)
    page = home_of(client_of(chief))
    begin = re.search(r'<a class="btn btn-primary" href="([^"]*)">\s*Begin', page)
    assert begin is not None
    assert begin.group(1) == "/o/northwind/settings/people/invite/many/"
    assert "See where you stand: CX leader" in page
    assert "Decide on a first initiative: CX leader or Coalition member" in page


@pytest.mark.parametrize("role", [Role.EXECUTIVE, Role.FINANCE_REVIEWER, Role.AUDITOR])
def test_no_report_is_the_next_step_while_there_is_nothing_to_report(role, organization, ada, client_of):
    member = MembershipFactory(organization=organization, role=role)
    page = home_of(client_of(member))
    assert "Next step" not in page
    assert "Begin" not in page
    assert "Not yet: first there has to be an assessment, feedback or an initiative to report on." in page
    make_result(ada)
    page = home_of(client_of(member))
    assert "Next step: Make the first report" in page
    assert page.count("Begin") == 1


def test_who_has_no_step_reads_in_one_line_who_can_take_them(cleo, client_of):
    page = home_of(client_of(cleo))
    assert "Getting the program going" not in page
    assert "Begin" not in page
    words = " ".join(re.sub(r"<[^>]*>", " ", page).split())
    assert "Guided start: 0 of 8 steps done. Next: Invite your people (can be done by: " in words
    assert "(can be done by: Administrator or CX leader)" in words
    assert "Bring in feedback" not in words
    assert "Nothing needs you right now." in page


def test_an_open_invitation_and_a_second_person_are_both_people(organization, ada):
    assert _missing(ada)[0] == PEOPLE
    invite_person(by=ada, email="new@northwind.example", role=Role.AUDITOR)
    assert PEOPLE not in _missing(ada)


def test_a_second_person_is_people(organization, ada):
    MembershipFactory(organization=organization)
    assert PEOPLE not in _missing(ada)


def test_the_guide_is_one_line_when_half_is_done_and_gone_when_all_is(organization, ada, client_of):
    MembershipFactory(organization=organization)
    TouchpointFactory(organization=organization)
    make_result(ada)
    page = home_of(client_of(ada))
    assert _missing(ada) == [FEEDBACK, EMPLOYEES, COALITION, INITIATIVE, REPORT]
    assert "Getting the program going" in page  # three of eight
    seated(organization, 1)
    page = home_of(client_of(ada))
    assert "Getting the program going" not in page
    assert "Guided start: 4 of 8 steps done." in page
    assert "Take the quick check" not in page
    assert page.index("The program") < page.index("Guided start")


def test_the_guide_is_gone_when_everything_is_done(client_of):
    world = build_world(1)
    page = home_of(client_of(world.members["cx_leader"]))
    assert "Guided start" not in page
    assert "Show the guided start" not in page
    assert "The program" in page


def test_a_member_puts_the_guide_away_and_takes_it_out_again(organization, ada, ben, client_of):
    client = client_of(ada)
    assert client.post(reverse("overview:guide_hide", args=["northwind"])).status_code == 302
    page = home_of(client)
    assert "Getting the program going" not in page
    assert "Nothing needs you right now." in page
    assert "Show the guided start" in page
    assert "Getting the program going" in home_of(client_of(ben))
    assert client.post(reverse("overview:guide_show", args=["northwind"])).status_code == 302
    assert "Getting the program going" in home_of(client)


def test_putting_the_guide_away_twice_keeps_the_first_time(ada):
    hide_guide(by=ada)
    ada.refresh_from_db()
    first = ada.guide_hidden_at
    hide_guide(by=ada)
    ada.refresh_from_db()
    assert ada.guide_hidden_at == first is not None
    show_guide(by=ada)
    ada.refresh_from_db()
    assert ada.guide_hidden_at is None


def test_another_organization_s_things_finish_no_step(elsewhere, ada, dora):
    make_result(dora)
    TouchpointFactory(organization=elsewhere)
    seated(elsewhere, 1)
    assert _missing(ada) == [PEOPLE, STAND, TOUCHPOINTS, FEEDBACK, EMPLOYEES, COALITION, INITIATIVE, REPORT]


def test_the_program_counts_initiatives_votes_and_documents(client_of):
    world = build_world(2)
    page = home_of(client_of(world.members["auditor"]))
    assert "10 initiatives, 2 waiting for the coalition's vote." in page
    assert "2 documents made." in page


def test_a_long_queue_leaves_the_program_on_the_first_screen(client_of):
    world = build_world(5)
    page = home_of(client_of(world.members["owner"]))
    needs = home_page(world.members["owner"])
    assert len(needs.first_needs) == 6
    assert len(needs.first_needs) + len(needs.more_needs) == len(needs.needs) > 7
    assert f"{len(needs.needs)} things need you." in page
    assert f"Show {len(needs.more_needs)} more" in page


def _missing(member) -> list[str]:
    return [step.name for step in home_page(member).guide.missing]


def test_a_person_with_one_organization_lands_in_it(ada, client_of):
    assert client_of(ada).get("/").url == reverse("home", args=["northwind"])


def test_a_person_with_two_organizations_chooses(ada, elsewhere, client_of):
    MembershipFactory(organization=elsewhere, user=ada.user)
    page = client_of(ada).get("/").content.decode()
    assert "Northwind Telecom" in page
    assert "Elsewhere Ltd" in page


def test_a_person_without_an_organization_is_told_what_to_do(client, db):
    client.force_login(UserFactory(), backend=settings.AUTHENTICATION_BACKENDS[0])
    assert "invitation" in client.get("/").content.decode()


def test_a_name_with_markup_is_text(ada, client_of):
    ada.user.name = "<b>Ada</b>"
    ada.user.save()
    page = client_of(ada).get(reverse("home", args=["northwind"])).content.decode()
    assert "<b>Ada" not in page
