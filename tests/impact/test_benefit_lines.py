"""Value models of several benefits: what each is worth, and finance's word on each."""

from dataclasses import replace
from decimal import Decimal

import pytest

from accounts.details import all_words, details_of
from accounts.models import AuditEvent
from common.errors import InvalidValues
from common.rows import DecidedMeanwhile, moment_mark
from cxstats.codec import digest_of
from impact.choices import Distribution, SignOff, SourceKind, ValueKind
from impact.errors import SignOffNotAllowed, ValueModelChanged, ValueModelIncomplete
from impact.findings import CASE_INPUTS, roi_case_of
from impact.models import RoiCase, ValueLine, ValueModel
from impact.selectors import case_view, latest_case, study_subject
from impact.selectors.program import program_view
from impact.services import (
    BenefitValues,
    CostValues,
    LineValues,
    ParameterValues,
    compute_roi_case,
    dispute,
    roi_figures,
    save_benefit_lines,
    save_value_model,
    sign_off,
)
from impact.services.values import factor_key
from tests.factories.impact import finished_study, parameter_values, value_model
from tests.impact import program

pytestmark = pytest.mark.django_db


def _fixed(key, value, *, source="Ledger 2025", kind=SourceKind.FINANCE, **words):
    return ParameterValues(
        key=key,
        distribution=Distribution.FIXED,
        arguments=(float(value),),
        source=source,
        source_kind=kind,
        **words,
    )


def contacts(label="Fewer calls", *, calls=0.001, share=1, is_hard=True):
    """Customers as in the first benefit: the same range and source."""
    customers = next(one for one in parameter_values() if one.key == "customers")
    return LineValues(
        frame=BenefitValues(
            label=label,
            kind=ValueKind.AVOIDED_CONTACTS,
            first_year_share=Decimal(str(share)),
            is_hard=is_hard,
        ),
        parameters=(customers, _fixed("contacts_per_unit", calls), _fixed("unit_cost", 5)),
    )


@pytest.fixture
def studied(worked, ada):
    value_model(worked.initiative, ada)
    return finished_study(worked, ada)


@pytest.fixture
def valued(studied, ada):
    save_benefit_lines(initiative=studied.initiative, by=ada, lines=[contacts()])
    return compute_roi_case(study=studied, by=ada)


def test_a_model_of_one_benefit_says_nothing_of_lines(studied, ada):
    case = compute_roi_case(study=studied, by=ada)
    assert "lines" not in case.inputs["value_model"]
    assert "inflation_pct" not in case.inputs["value_model"]
    assert all("actual" not in cost for cost in case.inputs["value_model"]["costs"])
    assert "lines" not in case.result
    assert [line["key"] for line in case.inputs["case"]["benefits"]] == ["benefit"]


def test_benefits_of_several_lines_add_up(studied, ada):
    alone = compute_roi_case(study=studied, by=ada)
    save_benefit_lines(initiative=studied.initiative, by=ada, lines=[contacts()])
    both = compute_roi_case(study=studied, by=ada)
    first, further = both.result["lines"]
    assert (first["key"], further["key"]) == ("1", "2")
    assert first["benefits"]["mean"] == pytest.approx(
        alone.result["roi"]["hard_benefits"]["mean"] or alone.result["roi"]["soft_benefits"]["mean"]
    )
    whole = both.result["roi"]
    assert first["benefits"]["mean"] + further["benefits"]["mean"] == pytest.approx(
        whole["hard_benefits"]["mean"] + whole["soft_benefits"]["mean"]
    )
    gained = whole["net_present_value"]["mean"] - alone.result["roi"]["net_present_value"]["mean"]
    assert gained == pytest.approx(further["benefits"]["mean"])
    assert further["benefits"]["mean"] > 0


def test_the_same_input_of_two_benefits_is_drawn_once(valued):
    keys = [one["key"] for one in valued.inputs["case"]["parameters"]]
    assert keys.count("customers") == 1
    assert "2:customers" not in keys
    assert {"2:contacts_per_unit", "2:unit_cost"} <= set(keys)


def test_the_same_name_with_another_source_is_another_number(studied, ada):
    line = contacts()
    other = replace(line.parameters[0], source="Another ledger")
    save_benefit_lines(
        initiative=studied.initiative, by=ada, lines=[replace(line, parameters=(other, *line.parameters[1:]))]
    )
    case = compute_roi_case(study=studied, by=ada)
    assert "2:customers" in [one["key"] for one in case.inputs["case"]["parameters"]]


def test_a_value_of_several_benefits_is_recomputed_from_its_inputs(valued):
    assert roi_figures(valued.inputs) == valued.result
    assert digest_of(valued.inputs, version=CASE_INPUTS) == valued.input_digest


def test_the_page_adds_its_benefits_up_and_tells_both_kinds(valued):
    view = case_view(valued, study_subject(valued.study))
    assert [line.label for line in view.lines] == [
        "First benefit: Customers kept × margin",
        "Fewer calls",
    ]
    assert view.is_mixed  # the first is soft, the further one hard
    assert [line.hardness for line in view.lines] == ["soft", "hard"]
    assert any(row.label == "Cost of one contact (Fewer calls)" for row in view.parameters)
    assert len([row for row in view.parameters if row.label.startswith("Customers affected")]) == 1


# --- what is refused ------------------------------------------------------------------------------


def test_a_further_benefit_needs_a_model(worked, ada):
    with pytest.raises(ValueModelIncomplete):
        save_benefit_lines(initiative=worked.initiative, by=ada, lines=[contacts()])


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (contacts(label="  "), "line-0-label"),
        (contacts(share=2), "line-0-first_year_share"),
        (contacts(calls=-1), "line-0-contacts_per_unit-likely"),
        (replace(contacts(), parameters=contacts().parameters[:2]), "line-0-unit_cost-likely"),
        (
            replace(contacts(), parameters=(*contacts().parameters, _fixed("attribution", 0.5))),
            "line-0-kind",
        ),
        (
            LineValues(
                frame=BenefitValues(label="x", kind=ValueKind.FORMULA),
                parameters=(_fixed("confidence", 0.5, label="My own"),),
            ),
            "line-0-kind",
        ),
        (LineValues(frame=BenefitValues(label="x", kind="magic"), parameters=()), "line-0-kind"),
    ],
)
def test_what_is_wrong_with_a_further_benefit_is_named(studied, ada, line, field):
    with pytest.raises(InvalidValues) as refused:
        save_benefit_lines(initiative=studied.initiative, by=ada, lines=[line])
    assert field in refused.value.fields
    assert not ValueLine.objects.exists()


def test_more_than_five_further_benefits_are_refused(studied, ada):
    with pytest.raises(InvalidValues) as refused:
        save_benefit_lines(initiative=studied.initiative, by=ada, lines=[contacts()] * 6)
    assert list(refused.value.fields) == ["lines"]


def test_lines_seen_in_another_state_are_not_written_over(studied, ada):
    seen = ValueModel.objects.get(initiative=studied.initiative)
    save_benefit_lines(initiative=studied.initiative, by=ada, lines=[contacts()])
    with pytest.raises(ValueModelChanged):
        save_benefit_lines(initiative=studied.initiative, by=ada, lines=[], seen=seen)
    assert ValueLine.objects.count() == 1


def test_saving_the_model_again_keeps_its_further_benefits(valued, ada):
    value_model(valued.study.initiative, ada)
    assert [line.label for line in ValueLine.objects.all()] == ["Fewer calls"]


def test_lines_that_return_bring_their_value_back(valued, ada):
    initiative = valued.study.initiative
    save_benefit_lines(initiative=initiative, by=ada, lines=[contacts("Other")])
    assert compute_roi_case(study=valued.study, by=ada).pk != valued.pk
    save_benefit_lines(initiative=initiative, by=ada, lines=[contacts()])
    assert latest_case(valued.study).pk == valued.pk


def test_the_trail_names_the_benefit_and_its_input(valued, ada):
    save_benefit_lines(initiative=valued.study.initiative, by=ada, lines=[contacts(calls=0.002)])
    event = AuditEvent.objects.filter(verb="value_model.saved").order_by("-pk").first()
    told = [str(detail) for detail in details_of(event, all_words(), currency="EUR")]
    assert any("Contacts avoided" in text and "Fewer calls" in text for text in told), told


# --- prices, and what was spent ---------------------------------------------------------------------


def _model(initiative, by, **changes):
    return save_value_model(
        initiative=initiative,
        by=by,
        **{
            "kind": ValueKind.RETENTION,
            "horizon_years": 3,
            "discount_rate_pct": Decimal(0),
            "parameters": parameter_values(),
            "costs": [CostValues(label="Build", year=0, low=Decimal(1), likely=Decimal(2), high=Decimal(9))],
            **changes,
        },
    )


def test_benefits_rise_with_prices_from_year_two_on(worked, ada):
    _model(worked.initiative, ada, inflation_pct=Decimal(10), first_year_share=Decimal("0.5"))
    case = compute_roi_case(study=finished_study(worked, ada), by=ada)
    assert case.inputs["value_model"]["inflation_pct"] == "10.00"
    assert roi_case_of(case.inputs["case"]).benefits[0].profile == pytest.approx((0, 0.5, 1.1, 1.21))
    assert case_view(case, study_subject(case.study)).inflation == "10% a year"


def test_what_was_spent_takes_the_place_of_what_was_planned(worked, ada):
    cost = CostValues(
        label="Build", year=0, low=Decimal(1), likely=Decimal(2), high=Decimal(9), actual=Decimal(700)
    )
    _model(worked.initiative, ada, costs=[cost])
    case = compute_roi_case(study=finished_study(worked, ada), by=ada)
    assert case.result["roi"]["present_value_costs"]["mean"] == 700
    assert case.result["roi"]["present_value_costs"]["p95"] == 700
    row = case_view(case, study_subject(case.study)).cost_lines[0]
    assert (row.likely, row.spent) == ("EUR\xa02", "EUR\xa0700")


@pytest.mark.parametrize("key", ["cost_0", "effect", "percent", "discount_rate"])
def test_a_factor_with_a_key_of_the_engine_is_refused_by_name(worked, ada, key):
    haircuts = [one for one in parameter_values() if one.key in ("attribution", "confidence", "persistence")]
    own = _fixed(key, 2, label="Mine")
    with pytest.raises(InvalidValues) as refused:
        _model(worked.initiative, ada, kind=ValueKind.FORMULA, parameters=[own, *haircuts])
    assert list(refused.value.fields) == [f"{key}-key"]


def test_a_factor_called_like_a_cost_stands_beside_the_cost(worked, ada):
    haircuts = [one for one in parameter_values() if one.key in ("attribution", "confidence", "persistence")]
    own = _fixed(factor_key("Cost 0", set()), 2, label="Cost 0")
    _model(worked.initiative, ada, kind=ValueKind.FORMULA, parameters=[own, *haircuts])
    case = compute_roi_case(study=finished_study(worked, ada), by=ada)
    assert case.result["roi"]["present_value_costs"]["mean"] == pytest.approx(3.0)  # (1 + 4 x 2 + 9) / 6


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"inflation_pct": Decimal(-1)}, "inflation_pct"),
        ({"inflation_pct": Decimal(101)}, "inflation_pct"),
        (
            {
                "costs": [
                    CostValues(
                        label="B",
                        year=0,
                        low=Decimal(1),
                        likely=Decimal(2),
                        high=Decimal(3),
                        actual=Decimal(-1),
                    )
                ]
            },
            "cost-0-actual",
        ),
    ],
)
def test_prices_and_spending_beyond_reason_are_refused(worked, ada, changes, field):
    with pytest.raises(InvalidValues) as refused:
        _model(worked.initiative, ada, **changes)
    assert list(refused.value.fields) == [field]


# --- finance, line by line --------------------------------------------------------------------------


def test_a_value_is_signed_once_each_of_its_benefits_is(valued, fay):
    half = sign_off(case=valued, by=fay, line="1", comment="Checked")
    assert half.sign_off == SignOff.OPEN
    assert half.line_words["1"]["state"] == "signed"
    assert "2" not in half.line_words
    view = case_view(half, study_subject(half.study))
    assert view.sign_off_text == "Finance has signed 1 of 2 benefits; the others are a proposal."
    assert [line.state for line in view.lines] == ["signed", "open"]
    done = sign_off(case=valued, by=fay, line="2")
    assert (done.sign_off, done.sign_off_comment) == (SignOff.SIGNED, "Checked")


def test_a_dispute_of_one_benefit_disputes_the_value_in_its_words(valued, fay):
    sign_off(case=valued, by=fay, line="1")
    case = dispute(case=valued, by=fay, line="2", comment="Calls fell everywhere")
    assert case.sign_off == SignOff.DISPUTED
    assert case.sign_off_comment == "Fewer calls: Calls fell everywhere"
    assert [case.line_words[number]["state"] for number in "12"] == ["signed", "disputed"]
    event = AuditEvent.objects.filter(verb="roi_case.disputed").get()
    assert event.after["line"] == "Fewer calls"


def test_a_settled_dispute_leaves_what_was_said_of_the_others(valued, fay):
    dispute(case=valued, by=fay, line="2", comment="Show me")
    sign_off(case=valued, by=fay, line="1")
    assert RoiCase.objects.get(pk=valued.pk).sign_off == SignOff.DISPUTED
    assert sign_off(case=valued, by=fay, line="2").sign_off == SignOff.SIGNED


def test_a_word_on_all_of_it_is_a_word_on_each_benefit(valued, fay):
    case = sign_off(case=valued, by=fay, comment="All of it")
    assert case.sign_off == SignOff.SIGNED
    assert {number: word["state"] for number, word in case.line_words.items()} == {
        "1": "signed",
        "2": "signed",
    }
    case = dispute(case=valued, by=fay, comment="No longer")
    assert {word["state"] for word in case.line_words.values()} == {"disputed"}


def test_signing_all_keeps_the_words_that_were_signed_before(valued, fay):
    sign_off(case=valued, by=fay, line="1", comment="Only this")
    case = sign_off(case=valued, by=fay, comment="The rest")
    assert [case.line_words[number]["comment"] for number in "12"] == ["Only this", "The rest"]


def test_another_comment_on_a_signed_benefit_is_kept_with_it(valued, fay):
    sign_off(case=valued, by=fay, line="1", comment="Checked")
    case = sign_off(case=valued, by=fay, line="1", comment="Checked against the ledger")
    assert case.line_words["1"]["comment"] == "Checked against the ledger"
    sign_off(case=valued, by=fay, line="2", comment="Fine")
    case = sign_off(case=valued, by=fay, comment="All of it, once more")
    assert [case.line_words[number]["comment"] for number in "12"] == ["All of it, once more"] * 2


@pytest.mark.parametrize("line", ["3", "0", "x"])
def test_a_benefit_that_a_value_does_not_have_is_refused(valued, fay, line):
    with pytest.raises(InvalidValues) as refused:
        sign_off(case=valued, by=fay, line=line)
    assert list(refused.value.fields) == ["line"]


def test_a_value_of_one_benefit_takes_no_word_on_a_line(studied, ada, fay):
    case = compute_roi_case(study=studied, by=ada)
    with pytest.raises(InvalidValues):
        sign_off(case=case, by=fay, line="1")
    assert sign_off(case=case, by=fay).line_words == {}


def test_who_wrote_a_value_signs_none_of_its_benefits(valued, fay):
    RoiCase.objects.filter(pk=valued.pk).update(computed_by=fay)
    with pytest.raises(SignOffNotAllowed, match="computed this value yourself"):
        sign_off(case=valued, by=fay, line="1")
    assert RoiCase.objects.get(pk=valued.pk).line_words == {}


def test_a_word_given_meanwhile_on_another_benefit_is_not_written_over(valued, fay):
    seen = moment_mark(valued.sign_off_at)
    dispute(case=valued, by=fay, line="2", comment="Show me")
    with pytest.raises(DecidedMeanwhile):
        sign_off(case=valued, by=fay, seen=seen)
    assert RoiCase.objects.get(pk=valued.pk).line_words["2"]["state"] == "disputed"


def test_a_signed_benefit_is_not_signed_by_another_reviewer_again(valued, fay):
    sign_off(case=valued, by=fay, line="1", comment="Mine")
    RoiCase.objects.filter(pk=valued.pk).update(sign_off_by=valued.computed_by)
    with pytest.raises(SignOffNotAllowed, match="signed already"):
        sign_off(case=valued, by=fay, line="1", comment="Mine")


# --- the program ------------------------------------------------------------------------------------


def _program(by, lines):
    """2,000 a year for each unit by the first benefit (tests.impact.program.valued), and further ones."""
    known, _case = program.valued(by)
    save_benefit_lines(initiative=known.simulated.initiative, by=by, lines=lines)
    case = compute_roi_case(study=known.study, by=by)
    program.full_ledger(by)
    return known, case


def _calls(label, each):
    """So much a year for each unit: 20,000 customers x `each` calls x 10, the model's attribution 0.5."""
    return LineValues(
        frame=BenefitValues(label=label, kind=ValueKind.AVOIDED_CONTACTS),
        parameters=(_fixed("customers", 20_000), _fixed("contacts_per_unit", each), _fixed("unit_cost", 10)),
    )


def test_the_program_counts_what_finance_does_not_dispute_and_shows_the_rest_apart(ada, fay):
    lines = [_calls("Fewer calls", 0.01), _calls("Fewer letters", 0.02)]  # 1,000 and 2,000 a year
    _known, case = _program(ada, lines)
    whole = program.computed(ada)
    dispute(case=case, by=fay, line="3", comment="Letters were stopped for all")
    less = program.computed(ada)
    # of 2,000 + 1,000 + 2,000 for each unit, 2,000 are disputed; the first benefit has half a first year,
    # the others a whole one
    worth = {  # of one unit of effect and one year of full benefit
        "first": 2000 * (0.5 / 1.08 + 1 / 1.08**2 + 1 / 1.08**3),
        "calls": 1000 * sum(1.08**-year for year in (1, 2, 3)),
        "letters": 2000 * sum(1.08**-year for year in (1, 2, 3)),
    }
    claims = [sum(row.claimed for row in program_view(one).found.lines) for one in (whole, less)]
    assert claims[1] / claims[0] == pytest.approx(
        (worth["first"] + worth["calls"]) / (worth["first"] + worth["calls"] + worth["letters"])
    )
    view = program_view(less)
    apart = [row for row in view.apart if "Fewer letters" in row.title]
    assert len(apart) == 1
    assert apart[0].reason == "one benefit of it, disputed by finance"
    assert apart[0].note == "“Letters were stopped for all”"
    assert any("without what finance disputes: Fewer letters" in text for text in view.lines[0].cautions)
    assert view.lines[0].sign_off == "Disputed in part by finance"


def test_a_disputed_benefit_of_the_other_kind_leaves_one_kind(ada, fay):
    line = _calls("Fewer calls", 0.01)
    _known, case = _program(ada, [replace(line, frame=replace(line.frame, is_hard=True))])
    both = program_view(program.computed(ada)).lines[0]
    assert both.kinds == "hard and soft"  # the first one is soft
    dispute(case=case, by=fay, line="2", comment="No")
    assert program_view(program.computed(ada)).lines[0].kinds == "soft"


def test_a_value_disputed_in_all_its_benefits_is_in_no_sum(ada, fay):
    _known, case = _program(ada, [_calls("Fewer calls", 0.01)])
    for number in "12":
        dispute(case=case, by=fay, line=number, comment="No")
    view = program_view(program.computed(ada))
    assert view.lines == ()
    assert [row.reason for row in view.apart] == ["disputed by finance"]


def test_what_a_program_read_of_a_further_benefit_it_may_send_back(valued, ada, api_of):
    place = f"/api/v1/o/northwind/initiatives/{valued.study.initiative.number}/value-model/"
    read = api_of(ada).get(place).json()
    assert [line["number"] for line in read["lines"]] == [2]
    assert api_of(ada).put(place, read, format="json").json() == read
    renumbered = {**read, "lines": [{**read["lines"][0], "number": 5}]}
    assert api_of(ada).put(place, renumbered, format="json").status_code == 422
