"""Whoever opens a wave is told before which functions are too small, and with what they are counted."""

import pytest
from django.urls import reverse

from accounts.services import FunctionPlace, save_function
from employee_voice import selectors, services
from employee_voice.choices import WorkKind
from employee_voice.models import WaveFunction
from tests.factories.employee_voice import do, functions_of, opened, planned
from tests.markup import running_text

pytestmark = pytest.mark.django_db


def told(wave):
    found = selectors.planned_groups(wave)
    return (
        {one.name: one.people for one in found.alone},
        [({one.name: one.people for one in row.functions}, row.at, row.people) for row in found.together],
    )


def test_small_functions_are_named_with_the_larger_one_they_are_counted_with(ada, tree):
    wave = planned(ada, {"Service": 6, "Care": 4, "Field": 3, "Finance": 9})
    assert told(wave) == ({"Finance": 9}, [({"Care": 4, "Field": 3}, "Service", 13)])


def test_parts_are_counted_with_a_larger_one_that_has_nobody_of_its_own(ada, tree):
    wave = planned(ada, {"Care": 4, "Field": 3, "Finance": 9})
    assert told(wave) == ({"Finance": 9}, [({"Care": 4, "Field": 3}, "Service", 7)])


def test_without_a_larger_one_they_have_no_figures_of_their_own(ada, tree):
    """Three of Finance take Field along: what both said stands in the whole alone."""
    wave = planned(ada, {"Service": 9, "Care": 7, "Field": 6, "Finance": 3})
    assert told(wave) == ({"Service": 9, "Care": 7}, [({"Field": 6, "Finance": 3}, None, 9)])
    save_function(
        by=ada, function=tree["finance"], name="Finance", place=FunctionPlace(parent=tree["service"])
    )
    assert told(wave) == ({"Care": 7, "Field": 6}, [({"Finance": 3}, "Service", 12)])


def test_with_a_larger_one_they_come_before_those_without(ada, tree):
    wave = planned(ada, {"Service": 9, "Care": 2, "Field": 7, "Finance": 3})
    assert [row[1] for row in told(wave)[1]] == ["Service", None]


def test_the_sample_slips_and_who_has_left_are_counted_as_at_opening(ada, ben, tree):
    wave = planned(ada, {"Service": 12, "Care": 9, "Finance": 21}, sample_pct=25)
    care = WaveFunction.objects.get(wave=wave, name="Care")
    services.plan_slips(by=ada, wave=wave, counts={care.pk: 2})
    # a quarter, rounded up: 3 of 12, 3 of 9 and two slips, 6 of 21
    assert told(wave) == ({"Finance": 6}, [({"Care": 5}, "Service", 8)])
    assert selectors.planned_groups(wave).people == 14


def test_what_is_told_is_what_opening_does(ada, tree):
    wave = planned(ada, {"Service": 8, "Care": 4, "Field": 6, "Finance": 3})
    _alone, together = told(wave)
    services.start_opening(by=ada, wave=wave)
    wave = do(wave, WorkKind.OPEN)
    groups = {}
    for row in WaveFunction.objects.filter(wave=wave).exclude(group=None):
        groups.setdefault(row.group_id, set()).add(row.name)
    assert {"Care", "Service"} in groups.values()
    assert {"Field", "Finance"} in groups.values()
    assert {tuple(sorted(names)) for names, _at, _people in together} == {("Care",), ("Field", "Finance")}


def test_fewer_than_the_minimum_in_all_are_said(client_of, ada, tree):
    wave = planned(ada, {"Care": 2, "Finance": 2})
    assert selectors.planned_groups(wave).is_too_few
    text = " ".join(running_text(page(client_of, ada, wave)).split())
    assert "Fewer than 5 people are asked, so nobody would be protected: the wave cannot open yet." in text


def page(client_of, member, wave):
    return (
        client_of(member)
        .get(reverse("employee_voice:wave_detail", args=["northwind", wave.pk]))
        .content.decode()
    )


def test_the_page_tells_it_before_opening_and_not_after(client_of, ada, ben, tree):
    counts = {"Service": 8, "Care": 4, "Field": 6, "Finance": 3}
    wave = planned(ada, counts)
    text = " ".join(running_text(page(client_of, ada, wave)).split())
    assert "Care (4) Counted with Service, 12 people in all." in text
    assert "Field (6) · Finance (3) No figures of their own, 9 people in all" in text
    assert "How functions will be counted" not in page(client_of, ben, wave)
    assert "How functions will be counted" not in page(client_of, ada, planned(ada, {}))
    assert "How functions will be counted" not in page(client_of, ada, opened(ada, counts))
    ada.user.language = "zh-hans"
    ada.user.save()
    text = "".join(running_text(page(client_of, ada, wave)).split())
    assert "各职能如何计入" in text
    assert "Care（4）计入Service，共12人。" in text


def test_programs_are_told_too(api_of, ada, ben, cleo, tree):
    wave = planned(ada, {"Service": 8, "Care": 4, "Field": 6, "Finance": 3})
    path = f"/api/v1/o/northwind/employee-waves/{wave.pk}/groups/"
    assert api_of(ada).get(path).json() == {
        "minimum": 5,
        "people": 21,
        "is_too_few": False,
        "alone": [],
        "together": [
            {"functions": [{"name": "Care", "people": 4}], "counted_with": "Service", "people": 12},
            {
                "functions": [{"name": "Field", "people": 6}, {"name": "Finance", "people": 3}],
                "counted_with": None,
                "people": 9,
            },
        ],
    }
    assert api_of(ben).get(path).status_code == 403
    after = opened(ada, {"Service": 8})
    refused = api_of(ada).get(f"/api/v1/o/northwind/employee-waves/{after.pk}/groups/")
    assert (refused.status_code, refused.json()["code"]) == (409, "wave_not_in_state")


def test_a_function_that_is_gone_takes_its_people_along(ada):
    tree = functions_of(ada)
    wave = planned(ada, {"Care": 6, "Finance": 6})
    tree["finance"].delete()
    assert told(wave) == ({"Care": 6}, [])
