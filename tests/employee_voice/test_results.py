"""What is decided at publication: where answers count, who hardly changed, where comments are shown."""

import pytest

from accounts.services import FunctionPlace, save_function
from cxstats.anonymity import Telling
from cxstats.codec import decoded, digest_of
from cxstats.engagement import DriverScores, MeasureKind
from employee_voice import services
from employee_voice.comparing import Kept, Lists, little_changed, moved, nearly_told_before, told_by_sums
from employee_voice.content import survey_content
from employee_voice.models import WaveFunction, WaveResults
from employee_voice.results import EVERYBODY, Results, measures_of, meeting_of, numbers_of, pools_of
from tests.factories.employee_results import closed_wave, random_answers
from tests.factories.employee_voice import survey_of

TREE = {"all": None, "service": "all", "care": "service", "field": "service", "finance": "all"}


def published(ada, wave) -> Results:
    services.publish_wave(by=ada, wave=wave)
    return decoded(Results, WaveResults.objects.get(wave=wave).content)


def by_name(wave, results):
    names = {str(row.pk): row.name for row in WaveFunction.objects.filter(wave=wave)} | {EVERYBODY: "All"}
    return {names[function.key]: function for function in results.publication.functions}


@pytest.fixture
def survey(ada):
    return survey_of(ada, bank="employee-voice")


def test_measures_are_drivers_then_enps_then_items(ada, survey):
    found = measures_of(survey_content(survey.content))
    kinds = [measure.kind for measure in found]
    assert kinds == [MeasureKind.DRIVER] * 8 + [MeasureKind.ENPS] + [MeasureKind.ITEM] * 24
    tools = found[0]
    assert (tools.key, [question.reverse for question in tools.questions]) == ("tools", [False, False, True])
    assert found[8].key == "enps"
    assert found[8].scale == (0, 10)


def test_only_numbers_of_an_answer_are_numbers():
    scores = {"a": "4", "b": "do_not_know", "c": ["better"], "d": "2"}
    assert numbers_of(scores, {"a", "b", "c", "e"}) == {"a": 4.0}


def test_functions_meet_in_the_smallest_that_holds_them_all():
    assert meeting_of(["care"], TREE) == "care"
    assert meeting_of(["care", "field"], TREE) == "service"
    assert meeting_of(["service", "field"], TREE) == "service"
    assert meeting_of(["care", "finance"], TREE) == meeting_of([], TREE) == EVERYBODY


def test_comments_go_to_the_smallest_function_with_enough_answers():
    places = {1: "care", 2: "field", 3: "service", 4: "finance"}

    def pools(answers, shown=TREE, minimum=10):
        found = pools_of(places=places, answers=answers, parents=TREE, shown=shown, minimum=minimum)
        return {pool.group: pool.function for pool in found}

    assert pools({1: 12, 2: 9, 3: 1, 4: 10}) == {1: "care", 2: "service", 3: "service", 4: "finance"}
    # nine of service with care and field, and nobody else: finance's few are told with the others
    assert pools({1: 4, 2: 3, 3: 2, 4: 9}) == {1: "all", 2: "all", 3: "all", 4: "all"}
    assert pools({1: 3, 2: 3, 3: 2, 4: 1}) == dict.fromkeys([1, 2, 3, 4])
    # a function that the wave hides gives its comments to what it is part of
    assert pools({1: 12, 2: 30, 3: 0, 4: 11}, shown=["all", "service", "field"])[1] == "service"


def test_slips_count_as_people():
    parents = {"all": None}
    now = Lists(parents=parents, addresses={"all": {"a", "b", "c"}}, slips={"all": 5})
    then = Lists(parents=parents, addresses={"all": {"b", "c", "d", "e"}}, slips={"all": 7})
    found = moved(now, ["all"], then, ["all"])
    assert (found.joined, found.left, found.people) == (1, 4, 5)


def lists(**people):
    return Lists(parents=TREE, addresses={key: set(value) for key, value in people.items()})


def test_a_function_with_a_few_other_people_is_little_changed():
    then = lists(care="abcdefgh", finance="ijklmnop")
    now = lists(care="abcdefgx", finance="qrstuvwz")
    same = {key: key for key in TREE}
    found = little_changed(now=now, then=then, came_from=same, shown=set(TREE), minimum=5)
    assert found == {"care", "service"}  # all: many came and went; finance: everybody
    assert little_changed(now=then, then=then, came_from=same, shown=set(TREE), minimum=5) == set()


def test_what_subtracting_leaves_is_compared_too():
    then = lists(care="abcdefgh", service="12345")
    now = lists(care="ijklmnop", service="12346")  # whole service: many changed; service itself: two
    same = {key: key for key in TREE}
    found = little_changed(now=now, then=then, came_from=same, shown={"all", "service", "care"}, minimum=5)
    assert found == {"service"}
    assert little_changed(now=now, then=then, came_from=same, shown={"all", "service"}, minimum=5) == set()


def test_five_others_are_enough_and_four_are_not():
    then, same = lists(finance="abcdefgh"), {key: key for key in TREE}
    for left, few in (("abcd", {"finance", "all"}), ("abc", set())):
        now = lists(finance=left)
        assert little_changed(now=now, then=then, came_from=same, shown={"all", "finance"}, minimum=5) == few


def test_without_the_list_of_before_everybody_counts_as_hardly_changed():
    then = Lists(parents=TREE, addresses={}, kept=Kept.NOTHING)
    found = little_changed(
        now=lists(care="abcdef"), then=then, came_from={"care": "care"}, shown={"all", "care"}, minimum=5
    )
    assert found == {"care"}


OTHER = {"all": None, "support": "all", "desk": "support"}


def near(now, then, *, shown=("all", "care"), told=("all", "desk"), minimum=5):
    return nearly_told_before(now=now, shown=shown, then=then, told=told, minimum=minimum)


def of_others(slips=None, **people):
    return Lists(parents=OTHER, addresses={key: set(one) for key, one in people.items()}, slips=slips or {})


@pytest.mark.parametrize(
    ("people", "found"),
    [
        ("abcdefgh", set()),  # the same people
        ("abcdefgx", {"care"}),  # one left, one came
        ("abcdefghxyzw", {"care"}),
        ("abcdefghxyzwv", set()),  # five came
        ("abcdwxyz", set()),
        ("stuvwxyz", set()),  # other people
    ],
)
def test_people_are_known_again_in_a_function_of_another_name(people, found):
    then = of_others(desk="abcdefgh", all="123456789")
    now = lists(care=people, finance="klmnopqrstuvwxyz")
    assert near(now, then) == found


def test_only_what_was_told_and_is_shown_is_compared():
    then, now = of_others(desk="abcdefgh", all="123456789"), lists(care="abcdefgx", finance="klmnopqrstuv")
    assert near(now, then, told=("all",)) == near(now, then, shown=("all",)) == set()
    assert near(now, then, minimum=3) == {"care"}
    assert near(lists(care="abcdefghx"), then, minimum=3) == {"care", "all"}


def test_what_subtracting_leaves_is_known_again_too():
    then = of_others(desk="abcdefgh")
    now = lists(service="abcdefgx", care="ijklmnop", finance="123456789")
    assert near(now, then, shown=("all", "service", "care")) == {"service"}
    assert near(now, then, shown=("all", "service")) == set()
    told = of_others(desk="123456", support="abcdefgh")
    assert near(lists(care="abcdefgx", finance="klmnopqrstuv"), told, told=("support", "desk")) == {"care"}


def test_functions_that_were_merged_or_split_are_known_again():
    apart = lists(care="abcdefgh", finance="ijklmnop", field="12345678")
    merged = of_others(desk="abcdefghijklmno", all="uvwxyz")
    both = {"then": apart, "told": ("care", "finance", "field"), "minimum": 5}
    assert told_by_sums(blunt=set(), now=merged, shown=("all", "desk"), **both) == {"desk"}
    unchanged = of_others(desk="abcdefghijklmnop", all="uvwxyz")
    assert told_by_sums(blunt=set(), now=unchanged, shown=("all", "desk"), **both) == set()
    before = {"then": unchanged, "told": ("desk",), "minimum": 5}
    split = lists(care="abcdefgh", finance="ijklmno")
    assert told_by_sums(blunt=set(), now=split, shown=("care", "finance"), **before) == {"finance"}


def test_slips_count_where_somebody_is_known_again():
    then = of_others(desk="abcdef", slips={"desk": 6})
    # six and six need not be the same six
    for slips, found in ((6, {"care"}), (4, {"care"}), (1, set())):
        now = Lists(parents=TREE, addresses={"care": set("abcdef")}, slips={"care": slips, "finance": 20})
        assert near(now, then) == found
    now = Lists(parents=TREE, addresses={"care": set("uvwxyz")}, slips={"care": 7, "finance": 20})
    assert near(now, then) == set()


def made_anew(ada, tree):
    """Care under another name and row."""
    return {
        **tree,
        "care": save_function(by=ada, name="Care team", place=FunctionPlace(parent=tree["service"])),
    }


@pytest.mark.parametrize("way", ["new", "anew", "copy", "copy anew"])
def test_people_are_protected_whatever_their_function_is_called(ada, tree, survey, way):
    """As new in the mapping, made anew, asked by a copy of the survey."""
    counts = {"care": 14, "finance": 20}
    answers = {name: random_answers(survey, n, n, lean=0.6) for name, n in counts.items()}
    first = closed_wave(ada, answers, survey=survey, functions=tree)
    published(ada, first)
    functions = made_anew(ada, tree) if "anew" in way else tree
    other = services.copy_survey(by=ada, survey=survey, title="Once more") if "copy" in way else survey
    given = {
        "care": [f"care{one}@northwind.example" for one in range(13)],
        "finance": [f"finance{one}@northwind.example" for one in range(20)],
    }
    answers = {"care": random_answers(survey, 13, 5), "finance": random_answers(survey, 20, 6)}
    asked = {"care": 15, "finance": 24}
    second = closed_wave(ada, answers, survey=other, functions=functions, given=given, asked=asked)
    told = {one.asked: one for one in published(ada, second).publication.functions if one.is_shown}
    assert told[15].is_blunt
    assert not told[24].is_blunt


def test_lists_of_another_organization_are_not_looked_at(ada, dora, tree, survey):
    mine = closed_wave(ada, {"care": random_answers(survey, 14, 1)}, survey=survey, functions=tree)
    published(ada, mine)
    there = {"care": save_function(by=dora, name="Care")}
    foreign = closed_wave(dora, {"care": random_answers(survey, 13, 2)}, functions=there)
    told = by_name(foreign, published(dora, foreign))
    assert told["Care"].is_shown
    assert not told["Care"].is_blunt


def test_figures_are_kept_with_their_digest_and_read_back_unchanged(ada, tree, survey):
    answers = {
        "care": random_answers(survey, 12, 1, lean=0.7),
        "field": random_answers(survey, 3, 2),
        "service": [],
        "finance": random_answers(survey, 9, 4, lean=0.3),
    }
    wave = closed_wave(ada, answers, survey=survey, functions=tree, asked={"field": 6})
    results = published(ada, wave)
    row = WaveResults.objects.get(wave=wave)
    assert row.digest == digest_of(row.content, version=1)
    told = by_name(wave, results)
    assert told["Field"].why == "small"
    assert told["Field"].figures == ()
    assert not told["Care"].is_shown or not told["Service"].is_shown  # else field is told by subtraction
    assert told["All"].answered == 24
    assert told["All"].asked == 27
    tools = next(figure for figure in told["All"].figures if figure.measure == "tools")
    assert tools.how is Telling.EXACT
    every = [one for rows in answers.values() for one in rows]
    of_items = {
        key: [
            float(one[key]) if key != "tools-detours" else 6 - float(one[key]) for one in every if key in one
        ]
        for key in ("tools-have", "tools-information", "tools-detours")
    }
    assert tools.n == min(map(len, of_items.values())) < 24  # some skipped one
    assert tools.score.value == pytest.approx(sum(sum(one) / len(one) for one in of_items.values()) / 3)
    assert results.publication.driver_scores is DriverScores.ITEMS
    assert row.content["publication"]["driver_scores"] == "items"
    assert [item.choice for item in results.felt] == ["better", "unchanged", "worse", "both"]
    assert results.quality.fast.is_open
    assert results.quality.fast.value == 0.1  # of 24 people at most three are told like nobody


def test_people_who_answered_with_a_larger_function_are_said_to(ada, tree, survey):
    wave = closed_wave(ada, {"service": random_answers(survey, 12, 1)}, survey=survey, functions=tree)
    rows = {row.name: row for row in WaveFunction.objects.filter(wave=wave)}
    WaveFunction.objects.filter(pk=rows["Care"].pk).update(group=rows["Service"].group, asked=2)
    results = published(ada, wave)
    assert [(one.function, one.at) for one in results.counted_with] == [
        (str(rows["Care"].pk), str(rows["Service"].pk))
    ]


def hardly_changed(ada, tree, survey, **asked):
    """Thirteen of Care and twenty of Finance answer; one of Care is new, two of before are gone."""
    counts = {"care": 14, "finance": 20}
    answers = {name: random_answers(survey, n, n, lean=0.6) for name, n in counts.items()}
    first = closed_wave(ada, answers, survey=survey, functions=tree)
    published(ada, first)
    given = {"care": [f"care{one}@northwind.example" for one in range(12)] + ["new@northwind.example"] * 1}
    answers = {"care": random_answers(survey, 13, 5), "finance": random_answers(survey, 20, 6)}
    second = closed_wave(ada, answers, survey=survey, functions=tree, given=given, before=first, asked=asked)
    results = published(ada, second)
    assert results.before == first.pk
    return by_name(second, results), results


def test_a_function_that_hardly_changed_is_told_bluntly_and_has_no_change(ada, tree, survey):
    told, results = hardly_changed(ada, tree, survey, care=16, finance=24)
    assert told["Care"].is_blunt
    # 13 to fives or to tens, whichever hides less of the wave, and nothing finer
    assert (told["Care"].answered, told["Care"].answered_to) in {(15, 5), (10, 10)}
    assert {one.function: one.number for one in results.near}[told["Care"].key] == 1
    assert not told["Finance"].is_blunt
    assert told["Finance"].answered == 20


def test_where_everybody_answered_a_function_that_hardly_changed_is_hidden(ada, tree, survey):
    """About 100 % of 33 was said while the wave was open. With the twenty of Finance that says thirteen, and
    nobody is there to be a fourteenth."""
    told, _results = hardly_changed(ada, tree, survey, care=13, finance=20)
    assert (told["Care"].why, told["Care"].figures) == ("others", ())
    assert told["Finance"].answered == 20


@pytest.mark.parametrize(
    ("before", "after", "is_little"),
    [(20, 20, False), (20, 21, True), (20, 19, True), (20, 24, True), (20, 25, False), (20, 15, False)],
)
def test_where_only_numbers_were_kept_one_to_four_answers_more_or_less_are_few(before, after, is_little):
    # the numbers of wave and wave before tell of few people where they differ by one to four
    then = Lists(parents={"t": None}, addresses={}, answered={"t": before}, kept=Kept.NUMBERS)
    now = Lists(parents={"n": None}, addresses={}, answered={"n": after})
    found = little_changed(now=now, then=then, came_from={"n": "t"}, shown={"n"}, minimum=5)
    assert found == ({"n"} if is_little else set())


def test_five_who_moved_are_not_few_though_the_lists_are_of_one_size():
    parents = {"all": None}
    there = {f"p{one}" for one in range(20)}
    for gone, is_few in ((2, True), (3, False)):  # each who left was followed by somebody new: four, and six
        here = {f"p{one}" for one in range(gone, 20 + gone)}
        now, then = (
            Lists(parents=parents, addresses={"all": here}),
            Lists(parents=parents, addresses={"all": there}),
        )
        found = little_changed(now=now, then=then, came_from={"all": "all"}, shown={"all"}, minimum=5)
        assert bool(found) is is_few
