"""What pages, charts, API and documents give away about a single person: nothing."""

import json

import pytest
from django.http import Http404
from django.urls import reverse
from django.utils import translation

from accounts.choices import Role
from accounts.models import AuditEvent
from assessments import selectors, services
from assessments.access import assessment_for, result_for, result_of_round_for
from assessments.errors import RoundComparedWith, RoundPrivate
from assessments.models import Assessment, MaturityResult
from common.errors import InvalidValues
from cxstats.codec import digest_of
from reports.documents import evidence_of_maturity, html_of
from reports.services import request_maturity_report
from tests.factories import MembershipFactory
from tests.factories.assessments import answer_all, make_assessment, make_submitted

pytestmark = pytest.mark.django_db
BASE = "/api/v1/o/northwind"


def people(ada, number: int, name: str):
    return [
        MembershipFactory(
            organization=ada.organization,
            role=Role.CONTRIBUTOR,
            user__name=f"{name} {place}",
            user__email=f"{name}{place}@northwind.example".lower(),
        )
        for place in range(number)
    ]


@pytest.fixture
def round_with_one_voice_from_the_front_line(ada):
    """Four executives at 4, one person of the front line at 1."""
    assessment = make_assessment(ada)
    for member in people(ada, 4, "Executive"):
        make_submitted(member, assessment, "executive", ask=4, answer=4, improve=4)
    make_submitted(people(ada, 1, "Lee")[0], assessment, "front_line", ask=1, answer=1, improve=1)
    return services.close_assessment(by=ada, assessment=assessment)


def _page(name, result, *args):
    return reverse(f"assessments:{name}", args=["northwind", result.assessment_id, *args])


def rounded(value):
    """As the API gives it: figures to six digits."""
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return round(value, 6) if isinstance(value, float) else value


def test_a_group_of_one_is_on_no_page_chart_api_or_document(
    client_of, api_of, ada, round_with_one_voice_from_the_front_line
):
    result = round_with_one_voice_from_the_front_line
    page = selectors.result_page(result)
    client = client_of(ada)

    assert page.overall.level == pytest.approx((4 * 4 + 1) / 5)  # all together are always shown
    assert page.overall.perspectives == ()
    assert page.groups == "Only all answers together are shown: no two groups have at least 3 people each."
    drawn = json.dumps([page.chart.spec, page.practice_chart.spec], default=str)
    assert "Front line" not in drawn
    assert "Executive" not in drawn  # the whole minus the executives is the front line
    told = [
        client.get(_page("result_detail", result)).content.decode(),
        client.get(_page("result_practices", result)).content.decode(),
        json.dumps(api_of(ada).get(f"{BASE}/maturity-results/{result.pk}/").data["profile"]),
        json.dumps(evidence_of_maturity(result)),
    ]
    for text in told:
        assert "Front line" not in text
        assert "front_line" not in text
        assert "executive" not in text.replace("executives", "").lower()


def test_groups_of_the_minimum_are_shown_everywhere_and_smaller_ones_together(api_of, ada):
    assessment = make_assessment(ada)
    for member in people(ada, 3, "Executive"):
        make_submitted(member, assessment, "executive", ask=5, answer=4, improve=4)
    for member in people(ada, 2, "Lee"):
        make_submitted(member, assessment, "front_line", ask=2, answer=2, improve=2)
    make_submitted(people(ada, 1, "Kim")[0], assessment, ask=5, answer=2, improve=2)
    result = services.close_assessment(by=ada, assessment=assessment)
    page = selectors.result_page(result)

    ask = page.dimensions[0].practices[0].figure
    assert ask.perspectives == (
        ("Executive", 5.0, 3),
        ("Front line and not stated", pytest.approx(3.0), 3),
    )
    assert page.groups == (
        "Groups of fewer than 3 people are shown together, so that nobody's answers can be worked out: "
        "Front line and not stated."
    )
    profile = api_of(ada).get(f"{BASE}/maturity-results/{result.pk}/").data["profile"]
    assert [item["perspective"] for item in profile["overall"]["perception"]["levels"]] == [
        "executive",
        "front_line+not_stated",
    ]
    assert rounded(evidence_of_maturity(result)["result"]["profile"]) == profile
    assert result.profile["practices"][0]["perception"]["levels"][1]["raters"] == 2  # stored as it was


def test_the_minimum_is_chosen_at_the_opening(api_of, ada):
    assessment = make_assessment(ada, minimum_group=2)
    for name in ("executive", "front_line"):
        for member in people(ada, 2, name.replace("_", "")):
            make_submitted(member, assessment, name, ask=3, answer=3, improve=3)
    result = services.close_assessment(by=ada, assessment=assessment)

    assert [item[0] for item in selectors.result_page(result).overall.perspectives] == [
        "Executive",
        "Front line",
    ]
    for refused in (1, 51):
        with pytest.raises(InvalidValues) as error:
            make_assessment(ada, minimum_group=refused)
        assert set(error.value.fields) == {"minimum_group"}
    assert api_of(ada).get(f"{BASE}/assessments/{assessment.pk}/").data["minimum_group"] == 2


def test_groups_of_a_dimension_stand_on_the_same_practices_in_page_chart_api_and_document(
    client_of, api_of, ada
):
    """Everyone 2.5, one group 2.7, the other 2.8 contradict each other: all are over the same practices."""
    assessment = make_assessment(ada)
    for member in people(ada, 3, "Executive"):
        make_submitted(member, assessment, "executive", ask=3, answer=1, improve=2)
    for member in people(ada, 3, "Lee"):
        make_submitted(member, assessment, "front_line", ask=3, answer="dont_know", improve=2)
    result = services.close_assessment(by=ada, assessment=assessment)
    said = (
        "Listening: groups are compared over the 1 of 2 practices that all of them can be shown for, "
        "everyone at 3.0. Over all 2, everyone is at 2.3."
    )
    page = selectors.result_page(result)
    assert page.dimensions[0].figure.level == pytest.approx(7 / 3)
    assert page.bases[0] == said
    table = [[str(cell) for cell in row] for row in page.chart.table.rows]
    mine = [row for row in table if "Listening (1 of 2 practices)" in " ".join(row)]
    assert mine
    assert "2.3" not in str(mine)
    with translation.override("zh-hans"):
        chinese = selectors.result_page(result)
        assert chinese.bases
        assert "groups" not in chinese.bases[0]
        assert "practices" not in str(chinese.chart.table)
    assert said in client_of(ada).get(_page("result_detail", result)).content.decode()
    told = api_of(ada).get(f"{BASE}/maturity-results/{result.pk}/").data["profile"]["dimensions"]
    assert told[0]["perception"]["basis"] == {
        "practices": ["ask"], "of": 2, "level": 3.0, "raters": 6, "has_agreed": False
    }  # fmt: skip
    assert [item["level"] for item in told[0]["perception"]["levels"]] == [3.0, 3.0]
    assert "basis" not in told[1]["perception"]
    html = html_of(request_maturity_report(by=ada, result=result))
    assert said in html
    assert "basis" not in json.dumps(result.profile)  # what is stored stays as it was


def test_comments_name_nobody_tell_no_level_and_wait_for_the_minimum(client_of, ada):
    assessment = make_assessment(ada)
    lee = people(ada, 1, "Lee")[0]
    seat = services.take_seat(by=lee, assessment=assessment, perspective="front_line")
    answer_all(seat, {"answer": 2, "improve": "not_applicable"})
    services.save_answer(response=seat, practice="ask", level=1, comment="Nobody asks us.")
    services.submit_response(by=lee, response=seat)
    make_submitted(people(ada, 1, "Executive")[0], assessment, "executive", ask=4, answer=4, improve=4)
    result = services.close_assessment(by=ada, assessment=assessment)
    page = client_of(ada).get(_page("result_practices", result)).content.decode()
    assert "Nobody asks us." not in page
    assert "Comments are shown when at least 3 people have answered" in page

    services.reopen_assessment(by=ada, assessment=assessment, reason="more voices")
    make_submitted(people(ada, 1, "Third")[0], assessment, "executive", ask=4, answer=4, improve=4)
    assessment.refresh_from_db()
    result = services.close_assessment(by=ada, assessment=assessment)
    remark = selectors.result_page(result).dimensions[0].practices[0].remarks[0]
    assert (remark.comment, remark.group, remark.does_not_apply) == ("Nobody asks us.", "", False)
    assert selectors.result_page(result).dimensions[1].practices[0].remarks[0].does_not_apply


def test_a_comment_carries_its_group_where_that_group_is_shown(ada):
    assessment = make_assessment(ada)
    for member in people(ada, 3, "Executive"):
        make_submitted(member, assessment, "executive", ask=5, answer=4, improve=4)
    for member in people(ada, 3, "Lee"):
        seat = services.take_seat(by=member, assessment=assessment, perspective="front_line")
        answer_all(seat, {"answer": 2, "improve": 2})
        services.save_answer(response=seat, practice="ask", level=1, comment="Nobody asks us.")
        services.submit_response(by=member, response=seat)
    result = services.close_assessment(by=ada, assessment=assessment)

    remarks = selectors.result_page(result).dimensions[0].practices[0].remarks
    assert [(item.group, item.comment) for item in remarks] == [("Front line", "Nobody asks us.")] * 3


# --- two results of one round -------------------------------------------------------------------


def test_a_result_steps_back_when_a_later_closing_rests_on_other_answers(client_of, api_of, ada):
    """The difference between the two would be what the one person in between answered."""
    assessment = make_assessment(ada)
    for member in people(ada, 3, "Lee"):
        make_submitted(member, assessment, "front_line", ask=3, answer=3, improve=3)
    first = services.close_assessment(by=ada, assessment=assessment)
    services.reopen_assessment(by=ada, assessment=assessment, reason="one was late")
    with pytest.raises(Http404):  # from the reopening on: the next result may stand beside it
        result_of_round_for(ada, assessment.pk)
    make_submitted(people(ada, 1, "Late")[0], assessment, "front_line", ask=5, answer=5, improve=5)
    second = services.close_assessment(by=ada, assessment=assessment)

    assert result_of_round_for(ada, assessment.pk) == second
    with pytest.raises(Http404):
        result_for(ada, first.pk)
    assert client_of(ada).get(_page("result_version", first, first.sequence)).status_code == 404
    listed = api_of(ada).get(f"{BASE}/maturity-results/").data["results"]
    assert [item["id"] for item in listed] == [second.pk]
    assert selectors.result_page(second).sequences == ((2, second.computed_at),)
    closings = AuditEvent.objects.of(ada.organization).filter(verb="assessment.closed")
    assert all("overall_level" not in event.after for event in closings)


def test_a_result_of_the_same_answers_stays_beside_the_agreed_one(ada):
    assessment = make_assessment(ada)
    for member in people(ada, 3, "Lee"):
        make_submitted(member, assessment, "front_line", ask=3, answer=3, improve=3)
    first = services.close_assessment(by=ada, assessment=assessment)
    services.record_consensus(by=ada, assessment=assessment, practice="ask", level=2, reason="We looked.")

    assert result_for(ada, first.pk) == first


def test_a_round_that_a_later_one_was_compared_with_stays_closed(client_of, ada):
    assessment = make_assessment(ada)
    make_submitted(ada, assessment)
    services.close_assessment(by=ada, assessment=assessment)
    assessment.refresh_from_db()
    later = make_assessment(ada, previous=assessment)
    make_submitted(ada, later)
    services.reopen_assessment(by=ada, assessment=assessment, reason="nothing compared yet")
    services.close_assessment(by=ada, assessment=assessment)
    services.close_assessment(by=ada, assessment=later)

    with pytest.raises(RoundComparedWith):
        services.reopen_assessment(by=ada, assessment=assessment, reason="too late")
    page = client_of(ada).post(
        reverse("assessments:assessment_reopen", args=["northwind", assessment.pk]), {"reason": "too late"}
    )
    assert page.status_code == 409
    assert b"so it stays closed" in page.content


def test_digests_beside_a_name_cannot_be_tried_out(ada):
    """Twelve answers of seven kinds are few enough to try them all against a plain digest."""
    assessment = make_assessment(ada)
    make_submitted(ada, assessment, ask=3, answer=3, improve=3)
    result = services.close_assessment(by=ada, assessment=assessment)
    handed_in = AuditEvent.objects.of(ada.organization).get(verb="assessment.submitted").after
    plain = digest_of([[key, "answered", 3] for key in ("answer", "ask", "improve")], version=1)

    assert handed_in["answers_digest"] != plain
    assert len(result.inputs["secret"]) == 64
    assert result.inputs["secret"] not in json.dumps(evidence_of_maturity(result))


# --- one's own quick check ------------------------------------------------------------------------


def quick_check(by) -> MaturityResult:
    seat = services.start_quick_check(by=by)
    content = selectors.framework_of(seat.assessment.framework)
    answer_all(seat, {practice.key: 2 for practice in content.practices})
    return services.submit_response(by=by, response=seat)


@pytest.fixture
def others(ada):
    return [MembershipFactory(organization=ada.organization, role=role) for role in Role.values]


def test_a_quick_check_is_shown_to_nobody_but_who_took_it(client_of, api_of, ada, others):
    result = quick_check(ada)
    pk = result.assessment_id

    assert assessment_for(ada, pk, "view").is_private
    assert client_of(ada).get(_page("result_detail", result)).status_code == 200
    for other in others:
        client, api = client_of(other), api_of(other)
        for url in (
            reverse("assessments:assessment_detail", args=["northwind", pk]),
            _page("result_detail", result),
            _page("result_practices", result),
            _page("result_version", result, 1),
            f"{BASE}/assessments/{pk}/",
            f"{BASE}/assessments/{pk}/respondents/",
            f"{BASE}/assessments/{pk}/agreed-levels/",
            f"{BASE}/maturity-results/{result.pk}/",
        ):
            client_or_api = api if url.startswith("/api") else client
            assert client_or_api.get(url).status_code == 404, (other.role, url)
        assert api.get(f"{BASE}/assessments/").data["count"] == 0
        assert api.get(f"{BASE}/maturity-results/").data["count"] == 0
        assert b"Quick check, " not in client.get(_list()).content
        assert selectors.latest_result(other) is None


def _list() -> str:
    return reverse("assessments:assessment_list", args=["northwind"])


def test_neither_its_opportunities_nor_its_documents_are_open_to_others(client_of, api_of, ada):
    result = quick_check(ada)
    leader = MembershipFactory(organization=ada.organization, role=Role.CX_LEADER)
    report = request_maturity_report(by=ada, result=result)
    seed = reverse("coalition:initiative_from_opportunity", args=["northwind"])
    practice = selectors.result_page(result).opportunities[0].practice

    for member, status, count in ((ada, 200, 1), (leader, 404, 0)):
        client, api = client_of(member), api_of(member)
        assert (
            client.get(reverse("reports:report_detail", args=["northwind", report.pk])).status_code == status
        )
        assert api.get(f"{BASE}/reports/{report.pk}/").status_code == status
        assert api.get(f"{BASE}/reports/").data["count"] == count
        assert (report.title.encode() in client.get(_reports()).content) == (member == ada)
    refused = client_of(leader)
    assert refused.post(seed, {"result": result.pk, "practice": practice}).status_code == 404
    asked = {"kind": "maturity", "result": result.pk}
    assert refused.post(reverse("reports:report_create", args=["northwind"]), asked).status_code == 404
    hers, nobodys = (
        api_of(leader).post(f"{BASE}/reports/", {**asked, "result": number})
        for number in (result.pk, 999_999)
    )
    assert hers.status_code == nobodys.status_code == 422
    assert hers.json()["errors"].keys() == nobodys.json()["errors"].keys() == {"result"}
    assert client_of(ada).post(seed, {"result": result.pk, "practice": practice}).status_code == 302


def _reports() -> str:
    return reverse("reports:report_list", args=["northwind"])


def test_who_took_a_quick_check_can_share_it_with_everybody(client_of, api_of, ada, cleo):
    result = quick_check(ada)
    share = reverse("assessments:assessment_share", args=["northwind", result.assessment_id])
    other = MembershipFactory(organization=ada.organization, role=Role.CX_LEADER)
    request_maturity_report(by=ada, result=result)

    assert client_of(other).post(share).status_code == 404
    assert api_of(other).post(f"{BASE}/assessments/{result.assessment_id}/share/").status_code == 404
    assert client_of(ada).post(share).status_code == 302
    assert api_of(ada).post(f"{BASE}/assessments/{result.assessment_id}/share/").data["is_private"] is False
    assert client_of(cleo).get(_page("result_detail", result)).status_code == 200
    assert selectors.latest_result(cleo) == result
    assert api_of(other).get(f"{BASE}/reports/").data["count"] == 1
    assert AuditEvent.objects.of(ada.organization).filter(verb="assessment.shared").count() == 1


def test_others_come_into_a_quick_check_only_after_it_was_shared(ada, ben):
    seat = services.start_quick_check(by=ada)
    with pytest.raises(RoundPrivate):
        services.invite_respondents(by=ada, assessment=seat.assessment, members=[ben])
    services.share_assessment(by=ada, assessment=seat.assessment)
    assert services.invite_respondents(by=ada, assessment=seat.assessment, members=[ben])
    content = selectors.framework_of(seat.assessment.framework)
    answer_all(seat, {practice.key: 2 for practice in content.practices})
    assert services.submit_response(by=ada, response=seat) is None  # it waits for Ben


def test_a_private_quick_check_stands_in_nobodys_comparison(ada, ben):
    result = quick_check(ada)
    private = Assessment.objects.get(pk=result.assessment_id)

    assert not selectors.comparable_rounds(ada.organization).exists()
    with pytest.raises(InvalidValues) as error:
        services.open_assessment(by=ada, framework=private.framework, title="Autumn", previous=private)
    assert set(error.value.fields) == {"previous"}
    shared = services.open_assessment(by=ada, framework=private.framework, title="Autumn")
    content = selectors.framework_of(private.framework)
    make_submitted(ben, shared, **{practice.key: 4 for practice in content.practices})
    assert selectors.result_page(services.close_assessment(by=ada, assessment=shared)).rounds == ()
    own = selectors.result_page(quick_check(ada))
    assert [item.overall for item in own.rounds] == pytest.approx([2.0, 4.0, 2.0])
    assert own.headline.startswith("In your view, Northwind Telecom is at level 2.0 of 5")
