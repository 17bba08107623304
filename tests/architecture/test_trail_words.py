"""Every key that the code writes into an entry of the trail has its label, in both languages.

The calls that record an entry are read; what they compute is written out below by file, and an expression
that is not there fails. `tests.conftest` holds against it whatever any test writes.
"""

import ast
from collections.abc import Iterator

import polib
import pytest

from accounts.details import Word, all_words, word_of
from accounts.wording import VERBS
from tests.architecture.test_floors import OURS, ROOT
from tests.architecture.test_trail_verbs import COMPUTED as COMPUTED_VERBS
from tests.architecture.test_trail_verbs import RECORDERS, _name
from tests.architecture.test_translations import CATALOG

ORGANIZATION = {
    "name", "currency", "time_zone", "language", "territory", "discount_rate_pct", "confirms_finance",
    "week_begins", "year_begins",
}  # fmt: skip
FUNCTION = {"name", "parent", "head"}
WAVE = {
    "number", "opens_on", "closes_on", "opens_alone", "reminders", "rhythm", "sample_pct", "minimum",
    "comment_reader", "slip_place",
}  # fmt: skip
SURVEY = {"title", "digest", "means_the_same", "bank", "copy_of"}
PLACE = {"role", "function", "job_title"}
TOUCHPOINT_MERGED = {
    "answers", "surveys", "mailboxes", "webhooks", "recipes", "targets", "targets_removed", "initiatives",
    "seats", "suggestions", "lowered",
}  # fmt: skip
CHARTER = {"charter", "quorum_share", "majority_share", "voting_days", "early_end", "review_by"}
SCHEDULE = {
    "kind", "about", "frequency", "day", "language", "paper", "link_days", "owner", "heir", "recipients",
    "why", "left_by", "due_on",
}  # fmt: skip
REVIEW = {
    "number", "due_on", "study", "value", "outcome", "how", "ending", "votes", "seats", "seat", "reason",
    "next_on",
}  # fmt: skip
SEAT = {
    "person", "title", "function", "touchpoints", "alternate", "is_chair", "has_vote", "ends_on",
}  # fmt: skip
TOUCHPOINT = {
    "name", "channel", "phase", "purpose", "is_intended", "owner_function", "owner_person",
    "operational_metric", "side_effects",
}  # fmt: skip
JOURNEY_MAP = {"name", "persona", "purpose", "map_state", "today"}
DEFINITION = {
    "name", "kind", "rule", "scale_low", "scale_high", "scale_step", "bottom_box_high", "top_box_low", "per",
    "higher_is_better", "calendar", "wording", "population", "amount_name", "exposure_name",
}  # fmt: skip
LIBRARY = {
    "label", "measure", "unit", "low", "likely", "high", "source", "source_kind", "day", "owner_name",
    "is_retired", "currency", "number", "version",
}  # fmt: skip
CALENDAR = {"name", "hours", "first", "country", "subdivision", "own_days", "version"}
LEVEL = {"level_hours", "level_share"}
CONTENT = {
    "title", "problem", "proposal", "owner", "touchpoints", "one_off_cost", "yearly_cost", "expected_benefit",
    "effort_days", "planned_go_live_on", "milestones", "plan.metric", "plan.comparison", "plan.segment",
    "plan.period", "plan.baseline_from", "plan.lag_periods", "plan.review_on", "plan.direction",
    "plan.expected_effect", "plan.smallest_worthwhile_effect", "plan.selection", "plan.selected_from",
    "plan.selected_until", "plan.is_seasonal", "plan.decision_rule",
}  # fmt: skip
VALUE_MODEL = {
    "kind", "horizon_years", "discount_rate_pct", "first_year_share", "is_hard", "inflation_pct",
    "parameters", "costs", "lines", "line_inputs",
}  # fmt: skip
RATE = {"currency", "into", "day", "rate", "source"}
NO_KEYS: set[str] = set()

CUSTOMER_SURVEY = {
    "name", "metric", "touchpoint", "channel", "languages", "copy_of", "first_day", "last_day", "privacy_url",
    "embed_hosts", "digest", "half_answers", "is_version",
}  # fmt: skip
FEED = {
    "source", "name", "values", "calls", "host", "port", "security", "username", "folder", "channel",
    "touchpoint", "password", "replaces_known", "moves_done", "takes_bounces",
}  # fmt: skip
# file -> what a call computes -> the keys that it can have
COMPUTED: dict[str, dict[str, set[str]]] = {
    "accounts/services/organizations.py": {
        "before in update_organization": ORGANIZATION,
        "_settings_of(organization)": ORGANIZATION,
    },
    "accounts/services/functions.py": {
        "before": FUNCTION,
        "_told(function, there)": FUNCTION,
    },
    "accounts/services/people.py": {"before": PLACE, "_place_of(member)": PLACE, "_place_of(row)": PLACE},
    "accounts/services/trail.py": {"before": NO_KEYS, "after": NO_KEYS, "dict(about)": NO_KEYS},  # hands on
    "coalition/services/seats.py": {
        "before in save_charter": CHARTER,
        "_charter(row)": CHARTER,
        "before in _write": SEAT,
        "_seat(seat)": SEAT,
    },
    "coalition/services/reviewing.py": {"before": NO_KEYS, "after": REVIEW},
    "coalition/services/milestones.py": {"before": {"title", "done_on"}},
    "coalition/services/progress.py": {"after": {"went_live_on", "completed_on", "color", "text"}},
    "coalition/services/amending.py": {
        "str(field)": {"owner", "planned_go_live_on", "milestone", "went_live_on"},
    },
    "coalition/services/changes.py": {"old": CONTENT, "new": CONTENT},
    "coalition/services/suggestions.py": {"after": {"touchpoint", "text", "initiative", "reason"}},
    "customer_voice/services/surveys.py": {"before": CUSTOMER_SURVEY, "after": CUSTOMER_SURVEY},
    "customer_voice/services/survey_events.py": {
        "before": {"delay_hours", "age_days", "tickets"}, "after": {"delay_hours", "age_days", "tickets"},
    },
    "customer_voice/services/feeds.py": {"before": FEED, "after": FEED},
    "customer_voice/services/mailboxes.py": {"{name: before[name] for name in sorted(changed)}": FEED},
    "customer_voice/services/watched_folders.py": {"before": {"replaces_known", "moves_done"}},
    "customer_voice/services/webhooks.py": {"before": {"name"}},
    "customer_voice/services/survey_versions.py": {"told": {"digest", "version", "means_the_same"}},
    "customer_voice/services/mailings.py": {"after": {"letters", "left_out"}},
    "customer_voice/services/calendars.py": {"_told(before)": CALENDAR, "_told(after)": CALENDAR},
    "customer_voice/services/service_levels.py": {"_told(before)": LEVEL, "_told(after)": LEVEL},
    "customer_voice/services/metrics.py": {"before": DEFINITION, "definition_of(metric)": DEFINITION},
    "employee_voice/services/waves.py": {"before": WAVE, "after": WAVE | {"people"}},
    "employee_voice/services/surveys.py": {"before": SURVEY, "after": SURVEY},
    "employee_voice/services/closing.py": {
        "before": NO_KEYS,
        "after": {"participation_pct", "is_lost", "reason"},
    },
    "employee_voice/services/people.py": {"after": {"people", "source"}},
    "impact/services/values.py": {"before[1]": VALUE_MODEL, "after[1]": VALUE_MODEL},
    "impact/services/cases.py": {"_kept_text(made)": {"line", "sign_off"}},
    "impact/services/library.py": {"before": LIBRARY, "_content(made)": LIBRARY},
    "impact/services/ledger.py": {
        "before": {"year", "budget", "lines", "version", "sign_off", "comment", "by"},
        "after": {"year", "budget", "lines"},
        "_rate_content(known)": RATE,
        "_rate_content(made)": RATE,
    },
    "impact/services/reviews.py": {"before": {"sign_off", "comment", "by"}},
    "reports/services/schedules.py": {"before": SCHEDULE, "after": SCHEDULE},
    "journeys/maps/services/keeping.py": {"before": JOURNEY_MAP, "_facts(row)": JOURNEY_MAP},
    "journeys/services.py": {"before": TOUCHPOINT, "after": TOUCHPOINT, "told.told": TOUCHPOINT_MERGED},
}  # fmt: skip
# file -> the verbs of calls whose verb is a parameter
HANDED_ON: dict[str, set[str]] = {
    "accounts/services/security.py": {"person.second_factor_on"},
    "accounts/services/trail.py": NO_KEYS,
    "accounts/downloads.py": NO_KEYS,  # hands on what `give_out` is called with
    "coalition/services/changes.py": {
        "initiative.changed", "plan.changed", "initiative.changed_after_approval",
    },
    "coalition/services/drafting.py": {"initiative.drafted"},
    "coalition/services/milestones.py": {"milestone.added", "milestone.changed", "milestone.removed"},
    "coalition/services/progress.py": {
        "initiative.went_live", "initiative.was_completed", "initiative.update_added",
    },
    "coalition/services/seats.py": {"seat.added", "seat.changed"},
    "customer_voice/services/customers.py": {"customer_account.added", "contact.changed"},
    "customer_voice/services/feeds.py": {"feed.changed"},
    "customer_voice/services/metric_targets.py": {"metric.target_set", "metric.target_removed"},
    "customer_voice/services/metrics.py": {"metric.defined", "metric.redefined", "metric.corrected"},
    "customer_voice/services/calendars.py": {"calendar.created", "calendar.changed"},
    "customer_voice/services/service_levels.py": {"metric.level_set", "metric.level_removed"},
    "customer_voice/services/recipes.py": {"recipe.added", "recipe.renamed", "recipe.deleted"},
    "customer_voice/services/surveys.py": {
        "customer_survey.created", "customer_survey.copied", "customer_survey.changed",
        "customer_survey.opened", "customer_survey.closed", "customer_survey.archived",
    },
    "customer_voice/services/mailings.py": {
        "customer_survey.invited", "customer_survey.reminded", "customer_survey.bounced",
    },
    "employee_voice/services/closing.py": {"wave.closing", "wave.closed", "wave.given_up"},
    "employee_voice/services/surveys.py": {
        "employee_survey.created", "employee_survey.copied", "employee_survey.changed",
        "employee_survey.archived",
    },
    "employee_voice/services/waves.py": {"wave.planned", "wave.changed", "wave.dropped", "wave.opening"},
    "journeys/maps/services/comments.py": {"map.comment_resolved", "map.comment_reopened"},
    "journeys/maps/services/keeping.py": {"map.archived", "map.restored"},
    "journeys/services.py": {"touchpoint.archived", "touchpoint.restored"},
    "coalition/services/reviewing.py": {
        "review.opened", "review.vote_cast", "review.vote_changed", "review.decided",
    },
    "reports/services/schedules.py": {
        "schedule.created", "schedule.changed", "schedule.paused", "schedule.resumed", "schedule.removed",
        "schedule.run", "schedule.inherited",
    },
    "coalition/services/suggestions.py": {
        "suggestion.made", "suggestion.taken_up", "suggestion.declined",
    },
}  # fmt: skip


def _calls() -> Iterator[tuple[str, str, ast.Call]]:
    """File, function and call."""
    for label in [*OURS, "cxprogram"]:
        for path in (ROOT / label).rglob("*.py"):
            for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(function, ast.FunctionDef):
                    for node in ast.walk(function):
                        if isinstance(node, ast.Call) and _name(node) in RECORDERS:
                            yield path.relative_to(ROOT).as_posix(), function.name, node


def _keys(path: str, function: str, node: ast.expr | None) -> Iterator[str]:
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:  # **more
                yield from _keys(path, function, value)
            elif isinstance(key, ast.Constant):
                yield str(key.value)
            else:
                yield from _computed(path, function, key)
    elif isinstance(node, ast.IfExp):
        yield from _keys(path, function, node.body)
        yield from _keys(path, function, node.orelse)
    elif node is not None:
        yield from _computed(path, function, node)


def _computed(path: str, function: str, node: ast.expr) -> set[str]:
    known, text = COMPUTED.get(path, {}), ast.unparse(node)
    here = f"{text} in {function}"
    assert here in known or text in known, f"{path}: which keys has {here}?"
    return known[here] if here in known else known[text]


def _verbs(path: str, node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.IfExp):
        yield from _verbs(path, node.body)
        yield from _verbs(path, node.orelse)
    elif isinstance(node, ast.JoinedStr):
        yield from COMPUTED_VERBS[ast.unparse(node)]
    else:
        yield from HANDED_ON[path]


def written() -> set[tuple[str, str]]:
    found = set()
    for path, function, call in _calls():
        given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        keys = {key for side in ("before", "after") for key in _keys(path, function, given.get(side))}
        if _name(call) in {"record_download", "give_out"}:
            keys |= set(given) - {"by", "verb", "subject", "filters"}  # what a file may be narrowed by
        keys |= {"format"} if _name(call) == "give_out" else set()
        found |= {(verb, key) for verb in _verbs(path, given["verb"]) for key in keys}
    return found


def test_every_key_of_an_entry_has_its_word():
    found = written()
    assert len(found) > 150, "the search finds nothing"
    assert not {verb for verb, _key in found} - set(VERBS)
    words = all_words()
    silent = sorted(f"{verb}: {key}" for verb, key in found if word_of(words, verb, key) is None)
    assert not silent, f"no word in the app's trail_words: {silent}"


def _labels() -> Iterator[str]:
    def of(words: dict[str, Word]) -> Iterator[str]:
        for word in words.values():
            yield str(word.label)
            if word.rows is not None:
                yield from (label for label in of(word.rows.words) if label)

    for words in all_words().values():
        yield from of(words)


def test_every_label_is_said_in_both_languages():
    known = {entry.msgid for entry in polib.pofile(str(CATALOG)) if entry.translated()}
    labels = set(_labels())
    assert len(labels) > 100
    assert not sorted(label for label in labels if not label or label not in known)


@pytest.mark.parametrize(
    ("verb", "key", "label"),
    [
        ("initiative.changed", "one_off_cost", "One-off cost"),
        ("seat.ended", "reason", "Reason"),
        ("milestone.done", "title", "Milestone"),
        ("initiative.drafted", "title", "Title"),
    ],
)
def test_a_key_is_called_by_what_it_is_about(verb, key, label):
    word = word_of(all_words(), verb, key)
    assert word is not None
    assert str(word.label) == label
