"""Lists that hardly overlap: new addresses of the same people, or other people? Nothing is told because many
only kept silent or moved elsewhere, and nothing is told roughly because of them either."""

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from accounts.models import Letter, Membership
from common.jobs import JobState
from employee_voice import services
from employee_voice.comparing import Lists, few_who_moved, fewest_who_moved, little_changed
from employee_voice.models import Invitation, WaveFunction
from employee_voice.results import EVERYBODY
from employee_voice.selectors.results import results_of
from tests.factories.employee_results import closed_wave, random_answers
from tests.factories.employee_voice import survey_of

TREE = {"all": None, "care": "all", "finance": "all"}
MINIMUM = 5


def of(care, *, finance=(), silent=(), slips=0, names=None):
    return Lists(
        parents=TREE,
        addresses={"care": set(care), "finance": set(finance)},
        names=names or {},
        silent=set(silent),
        slips={"care": slips},
    )


def few(now, then):
    found = little_changed(
        now=now, then=then, came_from={"care": "care"}, shown=("care",), told=("care",), minimum=MINIMUM
    )
    moves = few_who_moved(now=now, then=then, came_from={"care": "care"}, few=found, minimum=MINIMUM)
    return {key: (one.joined, one.left) for key, one in moves.items()}


# --- the rule ---------------------------------------------------------------------------------------------


def test_five_who_only_kept_silent_are_five_who_changed():
    then = of("abcdefgh")
    assert few(of("1234567"), then) == {"care": (0, 1)}  # eight, and seven under other addresses
    assert few(of("1234567", silent="abcd"), then) == {}
    assert few(of("1234567", silent="a"), then) == {"care": (0, 1)}  # seven may be the seven others
    assert few(of("1234567", silent="ab"), then) == {"care": (1, 2)}
    assert few(of("1234567", silent="abc"), then) == {}  # three left and two came at least


def test_who_works_elsewhere_now_or_worked_elsewhere_then_is_nobody_else():
    then = of("abcdefgh", finance="123")
    assert few(of("1234567"), then) == {}  # 1, 2 and 3 came, and four of eight at least left
    assert few(of("4567890"), then) == {"care": (0, 1)}
    assert few(of("1234567", finance="abc"), of("abcdefgh")) == {}


def test_equal_numbers_are_not_the_same_people_where_one_is_known_to_have_left():
    assert few(of("12345678"), of("abcdefgh")) == {}
    assert few(of("12345678", silent="a"), of("abcdefgh")) == {"care": (1, 1)}


def test_who_kept_silent_may_have_used_a_slip():
    then = of("abcdefgh")
    assert few(of("1234", silent="abc", slips=3), then) == {"care": (0, 1)}
    assert few(of("123456", silent="abc", slips=1), then) == {"care": (1, 2)}


def test_by_name_who_kept_silent_is_known_under_another_domain():
    def lists(given, silent, domain):
        return Lists(
            parents=TREE,
            addresses={"care": {one + domain for one in given}},
            names={"care": set(given)},
            silent={one + domain for one in silent},
            silent_names=set(silent),
        )

    then = lists("abcdefghij", "", "@old")
    assert few(lists("abcklmnop", "", "@new"), then) == {"care": (0, 1)}
    assert few(lists("abcklmnop", "defgh", "@new"), then) == {}


@pytest.mark.parametrize("seed", range(200))
def test_the_fewest_who_can_have_moved_are_those_of_the_best_matching(seed):
    """Whoever may be whom is drawn as a graph, and matched by another program."""
    chance = np.random.default_rng(seed)
    people = [f"p{one}" for one in range(14)]

    def pick(share):
        return {one for one in people if chance.random() < share}

    now_given, then_given = pick(0.5), pick(0.5)
    now_known, then_known = now_given | pick(0.3), then_given | pick(0.3)
    slips = chance.integers(0, 4, 2)
    now = of(now_given, silent=now_known - now_given, slips=int(slips[0])).people(["care"])
    then = of(then_given, silent=then_known - then_given, slips=int(slips[1])).people(["care"])
    ours = [*sorted(now_given), *[None] * slips[0]]
    theirs = [*sorted(then_given), *[None] * slips[1]]

    def may_be(one, other):
        if one is None or other is None:
            return True
        return one == other or (other not in now_known and one not in then_known)

    table = np.array([[may_be(one, other) for other in theirs] for one in ours]).reshape(
        len(ours), len(theirs)
    )
    same = int((maximum_bipartite_matching(csr_array(table)) >= 0).sum()) if table.size else 0
    found = fewest_who_moved(now, then)
    assert (found.joined, found.left) == (len(ours) - same, len(theirs) - same)


# --- what it costs, and what it gives away ------------------------------------------------------------------


def as_before(now, then):
    """The rule of before: lists that hardly overlap are compared by the number of their people alone."""
    if len(now ^ then) < MINIMUM:
        return bool(now ^ then)
    return 2 * len(now & then) < max(len(now), len(then)) and 1 <= abs(len(now) - len(then)) < MINIMUM


def two_waves(chance, size, participation, turnover):
    """(given then, given now, on the list of then, on that of now) of one function."""
    then = [f"p{one}" for one in range(size)]
    now = [one for one in then if chance.random() >= turnover]
    now += [f"new{one}" for one in range(size - len(now) + int(chance.integers(-2, 3)))]
    given = ({one for one in listed if chance.random() < participation} for listed in (then, now))
    return *given, set(then), set(now)


@pytest.mark.parametrize("participation", [0.3, 0.4, 0.5, 0.7])
@pytest.mark.parametrize("turnover", [0.0, 0.1, 0.3])
def test_partial_participation_and_turnover_cost_hardly_a_figure(participation, turnover):
    """Functions of 15 to 80 people that keep their addresses: who is told roughly though five changed."""
    chance = np.random.default_rng(5)
    looked_at, needless, before = 0, 0, 0
    for _one in range(400):
        size = int(chance.integers(15, 81))
        then, now, listed_then, listed_now = two_waves(chance, size, participation, turnover)
        if min(len(then), len(now)) < MINIMUM or len(then ^ now) < MINIMUM:
            continue
        looked_at += 1
        before += as_before(now, then)
        needless += bool(few(of(now, silent=listed_now - now), of(then, silent=listed_then - then)))
    assert looked_at > 250
    assert needless <= 0.03 * looked_at
    if participation < 0.5:
        assert before > 0.2 * looked_at  # what it was


@pytest.mark.parametrize("is_sampled", [False, True])
def test_of_addresses_that_were_made_anew_nothing_more_is_told(is_sampled):
    """The same people under other addresses, a few changed: what the rule of before saw, this one sees.
    The old addresses are on no list any more."""
    chance = np.random.default_rng(6)
    seen = 0
    for _one in range(600):
        size = int(chance.integers(6, 40))
        then, now, listed_then, listed_now = two_waves(chance, size, 0.6 if is_sampled else 0.95, 0.03)
        anew = {f"{one}.anew" for one in now}
        lists = (
            of(anew, silent={f"{one}.anew" for one in listed_now - now}),
            of(then, silent=listed_then - then),
        )
        if as_before(anew, then):
            seen += 1
            assert few(*lists)
    assert seen > 200


# --- through a published wave -------------------------------------------------------------------------------

CARE = [f"care{one}@old.example" for one in range(24)]
FINANCE = [f"finance{one}@old.example" for one in range(30)]


def published(ada, survey, tree, given, *, silent=(), before=None, seed=1):
    answers = {name: random_answers(survey, len(one), seed, lean=0.6) for name, one in given.items()}
    wave = closed_wave(ada, answers, survey=survey, functions=tree, given=given, before=before)
    row = WaveFunction.objects.get(wave=wave, name="Care")
    Invitation.objects.bulk_create(
        Invitation(wave=wave, wave_function=row, group=row.group, email=one) for one in silent
    )
    return wave


def blunt(wave):
    names = {str(row.pk): row.name for row in WaveFunction.objects.filter(wave=wave)} | {EVERYBODY: "All"}
    return {names[one.key] for one in results_of(wave).publication.functions if one.is_blunt}


@pytest.fixture
def survey(ada):
    return survey_of(ada, bank="employee-voice")


@pytest.mark.django_db
def test_a_function_of_which_others_answer_each_time_is_told_exactly(ada, tree, survey):
    """Ten of twenty-four answered, then eleven others and one again: all are on both lists."""
    given = {"care": CARE[:10], "finance": FINANCE}
    first = published(ada, survey, tree, given, silent=CARE[10:])
    services.publish_wave(by=ada, wave=first)
    given = {"care": CARE[9:20], "finance": FINANCE}
    second = published(ada, survey, tree, given, silent=CARE[:9] + CARE[20:], before=first, seed=2)
    services.publish_wave(by=ada, wave=second)
    assert blunt(second) == set()


@pytest.mark.django_db
@pytest.mark.parametrize("gone", ["refused", "left", "not listed"])
def test_an_address_that_reaches_nobody_is_no_sign_of_somebody_silent(ada, ben, tree, survey, gone):
    """The old addresses may be those of the same people: by number one more answered."""
    old = [ben.user.email, *CARE[1:10]]
    first = published(ada, survey, tree, {"care": old, "finance": FINANCE})
    services.publish_wave(by=ada, wave=first)
    anew = [f"anew{one}@old.example" for one in range(11)]
    # with one who kept silent three changed at least, with two it would be five
    silent = {"refused": old, "left": old[:2], "not listed": []}[gone]
    second = published(
        ada, survey, tree, {"care": anew, "finance": FINANCE}, silent=silent, before=first, seed=2
    )
    if gone == "refused":
        letter = Letter.objects.create(
            organization=ada.organization,
            sender="-",
            recipient=CARE[0],
            subject="-",
            job_state=JobState.FAILED,
        )
        Invitation.objects.filter(wave=second, was_given_credential=False).update(letter=letter)
    Membership.objects.filter(pk=ben.pk).update(is_active=False)
    services.publish_wave(by=ada, wave=second)
    assert "Care" in blunt(second)
