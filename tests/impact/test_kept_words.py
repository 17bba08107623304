"""A benefit that did not change keeps finance's word in a newer value; any change asks anew."""

from dataclasses import replace
from decimal import Decimal

import pytest

from impact.choices import SignOff, ValueKind
from impact.models import RoiCase
from impact.selectors import case_view, study_subject
from impact.services import (
    CostValues,
    compute_roi_case,
    dispute,
    save_value_model,
    sign_off,
)
from tests.factories.impact import finished_study, parameter_values, value_model
from tests.impact.test_benefit_lines import contacts

pytestmark = pytest.mark.django_db
MODEL = {"kind": ValueKind.RETENTION, "horizon_years": 3, "discount_rate_pct": Decimal(8)}
COST = CostValues(label="Hours", year=0, low=Decimal(90), likely=Decimal(100), high=Decimal(120))


@pytest.fixture
def study(worked, ada):
    value_model(worked.initiative, ada)
    return finished_study(worked, ada)


def saved(study, ada, lines, *, parameters=None, costs=(COST,), **frame):
    save_value_model(
        initiative=study.initiative,
        by=ada,
        parameters=parameter_values() if parameters is None else parameters,
        costs=costs,
        lines=lines,
        **{**MODEL, **frame},
    )
    return compute_roi_case(study=study, by=ada)


@pytest.fixture
def said(study, ada, fay):
    """The first benefit signed, the second disputed, the third open."""
    case = saved(study, ada, [contacts("Calls"), contacts("Mails", calls=0.002)])
    sign_off(case=case, by=fay, line="1", comment="Checked")
    return dispute(case=case, by=fay, line="2", comment="Show me")


def _words(case):
    return {number: (word["state"], word.get("value")) for number, word in case.line_words.items()}


def test_a_changed_benefit_is_open_and_the_others_keep_their_words(study, ada, said):
    newer = saved(study, ada, [contacts("Calls"), contacts("Mails", calls=0.003)])
    assert newer.number == said.number + 1
    assert _words(newer) == {"1": ("signed", said.number), "2": ("disputed", said.number)}
    assert (newer.sign_off, newer.sign_off_comment) == (SignOff.DISPUTED, "Calls: Show me")
    assert (newer.sign_off_by, newer.sign_off_at) == (said.sign_off_by, said.sign_off_at)
    rows = case_view(newer, study_subject(study)).lines
    assert [row.state for row in rows] == ["signed", "disputed", "open"]
    assert f"of value {said.number}" in rows[0].word


def test_the_disputed_benefit_that_was_mended_is_asked_about_anew(study, ada, said):
    newer = saved(study, ada, [contacts("Calls", calls=0.0005), contacts("Mails", calls=0.002)])
    assert _words(newer) == {"1": ("signed", said.number)}
    assert newer.sign_off == SignOff.OPEN
    newest = saved(study, ada, [contacts("Calls", calls=0.0004), contacts("Mails", calls=0.002)])
    assert _words(newest) == {"1": ("signed", said.number)}  # of the value that it was said of


def test_words_go_with_their_benefit_where_another_number_is_its_own(study, ada, fay, said):
    sign_off(case=said, by=fay, line="3")
    newer = saved(study, ada, [contacts("Mails", calls=0.002)])
    assert _words(newer) == {"1": ("signed", said.number), "2": ("signed", said.number)}
    assert newer.sign_off == SignOff.SIGNED


def test_a_copy_of_a_benefit_takes_no_word_that_was_said_of_another(study, ada, fay, said):
    sign_off(case=said, by=fay, line="3")
    mails = contacts("Mails", calls=0.002)
    copied = saved(study, ada, [contacts("Calls"), mails, mails])
    assert _words(copied) == {
        "1": ("signed", said.number),
        "2": ("disputed", said.number),
        "3": ("signed", said.number),
    }
    dispute(case=copied, by=fay, line="4", comment="Counted twice")
    newer = saved(study, ada, [contacts("Calls", calls=0.0005), mails, mails])
    assert _words(newer) == {
        "1": ("signed", said.number),
        "3": ("signed", said.number),
        "4": ("disputed", copied.number),
    }
    assert newer.sign_off_comment == "Mails: Counted twice"


def test_the_stored_value_that_had_the_words_stays_as_it_was(study, ada, said):
    before = RoiCase.objects.values().get(pk=said.pk)
    saved(study, ada, [contacts("Calls"), contacts("Mails", calls=0.003)])
    assert RoiCase.objects.values().get(pk=said.pk) == before


@pytest.mark.parametrize(
    "change",
    [
        {"horizon_years": 4},
        {"discount_rate_pct": Decimal(9)},
        {"inflation_pct": Decimal(2)},
        {"costs": ()},
        {"costs": (replace(COST, actual=Decimal(110)),)},
        {"parameters": "haircut"},
    ],
    ids=str,
)
def test_what_all_benefits_are_counted_with_asks_about_all_of_them_anew(study, ada, said, change):
    if change.get("parameters"):
        change = {
            "parameters": [
                replace(one, arguments=(0.1, 0.2, 0.3), distribution="pert")
                if one.key == "confidence"
                else one
                for one in parameter_values()
            ]
        }
    newer = saved(study, ada, [contacts("Calls"), contacts("Mails", calls=0.002)], **change)
    assert newer.pk != said.pk
    assert (newer.line_words, newer.sign_off) == ({}, SignOff.OPEN)


@pytest.mark.parametrize(
    "changed",
    [
        contacts("Calls", calls=0.0011),
        contacts("Fewer calls"),
        contacts("Calls", share="0.9"),
        contacts("Calls", is_hard=False),
    ],
)
def test_any_part_of_a_benefit_that_differs_takes_its_word_away(study, ada, said, changed):
    newer = saved(study, ada, [changed, contacts("Mails", calls=0.002)])
    assert _words(newer) == {"1": ("signed", said.number)}


def test_a_changed_input_or_source_of_the_first_benefit_takes_its_word_away(study, ada, said):
    others = [
        replace(one, source="Another ledger") if one.key == "margin" else one for one in parameter_values()
    ]
    newer = saved(study, ada, [contacts("Calls"), contacts("Mails", calls=0.002)], parameters=others)
    assert _words(newer) == {"2": ("disputed", said.number)}


def test_another_study_asks_about_all_of_them_anew(worked, study, ada, said):
    other = finished_study(worked, ada, days_later=7)
    assert other.pk != study.pk
    newer = compute_roi_case(study=other, by=ada)
    assert newer.line_words == {}


def test_a_value_of_one_benefit_keeps_nothing(study, ada, fay, said):
    newer = saved(study, ada, [])
    assert (newer.line_words, newer.sign_off) == ({}, SignOff.OPEN)
