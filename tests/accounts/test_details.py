"""How one entry of the trail is read: keys with their labels, values in the reader's format."""

import pytest
from django.utils import translation

from accounts.details import Detail, all_words, details_of, said, stored, word_of
from accounts.models import AuditEvent
from wording.formats import Territory, writing_for


def lines(verb, before, after, language="en", territory="DE") -> list[tuple[str, str | None, str]]:
    event = AuditEvent(verb=verb, before=before, after=after)
    with translation.override(language), writing_for(Territory(code=territory, is_chosen=True)):
        found = details_of(event, all_words(), "EUR")
    return [(line.label, line.before, line.after) for line in found]


@pytest.mark.parametrize(
    ("verb", "key", "value", "english", "chinese"),
    [
        ("person.changed", "role", "finance_reviewer", "Finance reviewer", "财务审核人"),
        ("organization.changed", "discount_rate_pct", "8.50", "8,5\u00a0%", "8.5%"),
        ("organization.changed", "territory", "DE", "Germany", "德国"),
        ("organization.changed", "confirms_finance", False, "no", "否"),
        ("charter.changed", "majority_share", "0.67", "67\u00a0%", "67%"),
        ("person.sign_in_failed", "step", "second_factor", "Second factor", "第二重验证"),
        ("assessment.invited", "members", [4, 8, 15], "3", "3"),
        ("assessment.closed", "submitted", 1200, "1.200", "1,200"),
        ("metric.target_set", "touchpoint", ["web", "Web shop"], "Web shop", "Web shop"),
        ("metric.target_set", "touchpoint", "web", "web", "web"),
        ("metric.defined", "rule", "mean", "mean of the answers", "回答的平均值"),
        ("contact.changed", "changed", ["consent", "name"], "Consent to be asked, Name", "受访同意、名称"),
        ("study.requested", "data_cutoff", "2026-03-01", "1 Mar 2026", "2026年3月1日"),
        ("study.finished", "verdict", "inconclusive", "Cannot tell", "无法判断"),
        ("touchpoint.changed", "channel", "web", "Website", "网站"),
        ("report.requested", "kind", "maturity", "Maturity result", "成熟度结果"),
        ("initiative.drafted", "title", "12.345", "12.345", "12.345"),
    ],
)
def test_a_value_is_said_in_each_language(verb, key, value, english, chinese):
    assert [line[2] for line in lines(verb, {}, {key: value})] == [english]
    assert [line[2] for line in lines(verb, {}, {key: value}, "zh-hans", "CN")] == [chinese]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("state", "a state of tomorrow"),
        ("went_live_on", "some day"),
        ("one_off_cost", "about 5"),
        ("effort_days", []),
    ],
)
def test_a_value_that_its_word_cannot_say_is_shown_as_stored(key, value):
    word = word_of(all_words(), "initiative.changed", key)
    assert said(word, value, "EUR") == (value or "–")


def test_a_key_that_nobody_knows_is_shown_with_its_value_and_read_as_nothing_else():
    assert lines("kraken.released", {"Arms": "1.234"}, {"Arms": "8.000", "at": "2026-03-01"}) == [
        ("Arms", "1.234", "8.000"),
        ("at", None, "2026-03-01"),
    ]


def test_zero_and_no_are_values_and_empty_ones_are_none():
    assert lines("assessment.closed", {}, {"outstanding": 0, "submitted": None}) == [
        ("Responses outstanding", None, "0")
    ]
    assert lines("touchpoint.changed", {"is_intended": True, "purpose": ""}, {"is_intended": False}) == [
        ("Designed on purpose", "yes", "no")
    ]


def test_what_stayed_is_told_once_and_what_went_has_a_dash():
    assert lines("person.changed", {"role": "auditor", "job_title": "CFO"}, {"role": "auditor"}) == [
        ("Job title", "CFO", "–"),
        ("Role", None, "Auditor"),
    ]


def test_lines_stand_in_the_order_of_the_words_and_the_reason_last():
    """Whatever order the database hands the keys out in."""
    told = {"reason": "Left", "role": "auditor", "unheard_of": 1, "job_title": "CFO"}
    assert [line[0] for line in lines("person.changed", {}, told)] == [
        "Job title",
        "Role",
        "unheard_of",
        "Reason",
    ]


def test_a_nested_value_without_words_is_listed():
    assert stored({"a": 1, "b": None, "c": [True, "x"]}) == "a 1, c yes; x"


def test_rows_of_a_list_are_told_one_by_one_and_only_those_that_changed():
    old = [
        {"label": "Training", "year": 0, "low": "18000.00", "likely": "20000.00", "high": "25000.50"},
        {"label": "Staff", "year": 1, "low": "1.00", "likely": "2.00", "high": "3.00", "source": "ledger"},
        {"label": "Staff", "year": 1, "low": "4.00", "likely": "5.00", "high": "6.00", "source": ""},
    ]  # fmt: skip
    new = [old[0] | {"likely": "21000.00"}, old[1], old[2] | {"label": "Room"}]
    found = [
        Detail(
            label="Training, year 0",
            before="Low EUR\u00a018.000; Most likely EUR\u00a020.000; High EUR\u00a025.000,50",
            after="Low EUR\u00a018.000; Most likely EUR\u00a021.000; High EUR\u00a025.000,50",
        ),
        Detail(
            label="Room, year 1",
            before="–",
            after="Low EUR\u00a04; Most likely EUR\u00a05; High EUR\u00a06",
        ),
        Detail(
            label="Staff, year 1",
            before="Low EUR\u00a04; Most likely EUR\u00a05; High EUR\u00a06",
            after="–",
        ),
    ]
    assert lines("value_model.saved", {"costs": old}, {"costs": new}) == [
        (line.label, line.before, line.after) for line in found
    ]
