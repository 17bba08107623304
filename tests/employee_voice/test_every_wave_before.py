"""A wave is compared with every wave that was published before it, by digests, names, and numbers."""

import json

import pytest
from django.conf import settings as django_settings

from accounts.models import Membership
from accounts.services import erase_person
from employee_voice import services
from employee_voice.comparing import (
    Kept,
    Lists,
    few_who_moved,
    little_changed,
    moved,
    nearly_told_before,
    told_by_sums,
)
from employee_voice.models import Invitation, KeptList, WaveFunction
from employee_voice.results import EVERYBODY
from employee_voice.selectors.results import results_of
from employee_voice.services.figuring import _under_one_key
from employee_voice.services.lists import WaveTree
from tests.factories.employee_results import closed_wave, random_answers
from tests.factories.employee_voice import survey_of

pytestmark = pytest.mark.django_db
TREE = {"all": None, "care": "all", "finance": "all"}


@pytest.fixture
def survey(ada):
    return survey_of(ada, bank="employee-voice")


SILENT = 3  # of each function were asked too and did not answer: where all do, nothing is told roughly


def people(prefix, numbers, domain="old.example"):
    return [f"{prefix}{one}@{domain}" for one in numbers]


CARE, FINANCE = people("care", range(14)), people("finance", range(20))


def published(ada, survey, tree, *, seed=1, before=None, **given):
    answers = {
        name: random_answers(survey, len(here), seed + place, lean=0.6)
        for place, (name, here) in enumerate(given.items())
    }
    asked = {name: len(here) + SILENT for name, here in given.items()}
    wave = closed_wave(ada, answers, survey=survey, functions=tree, given=given, before=before, asked=asked)
    return services.publish_wave(by=ada, wave=wave)


def blunt(wave):
    names = {str(row.pk): row.name for row in WaveFunction.objects.filter(wave=wave)} | {EVERYBODY: "All"}
    return {names[one.key] for one in results_of(wave).publication.functions if one.is_blunt}


def changed(wave):
    return {one.function for one in results_of(wave).changed}


def test_the_third_wave_is_compared_with_the_first_though_the_second_was_of_others(ada, tree, survey):
    others = people("new", range(14))
    first = published(ada, survey, tree, care=CARE, finance=FINANCE)
    second = published(ada, survey, tree, seed=7, before=first, care=others, finance=FINANCE)
    assert blunt(second) == set()
    third = published(ada, survey, tree, seed=13, before=second, care=CARE[:-1], finance=FINANCE)
    assert "Care" in blunt(third)
    assert "Finance" not in blunt(third)
    care = str(WaveFunction.objects.get(wave=third, name="Care").pk)
    assert results_of(third).compared > 0
    assert care not in changed(third)


def test_with_five_others_since_the_first_it_is_exact(ada, tree, survey):
    first = published(ada, survey, tree, care=CARE, finance=FINANCE)
    second = published(ada, survey, tree, before=first, care=people("new", range(14)), finance=FINANCE)
    third = published(ada, survey, tree, before=second, care=CARE[:-5], finance=FINANCE)
    assert blunt(third) == set()


def test_a_function_is_followed_through_two_reorganizations(ada, tree, survey):
    """Care became Field, and Field Finance; the people of the first and the third are other addresses, so
    only the mapping knows them: 14, 30 and 13."""
    first = published(ada, survey, tree, care=people("a", range(14)), service=people("s", range(30)))
    rows = {}

    def wave(came_from, **given):
        answers = {name: random_answers(survey, len(here), 5, lean=0.6) for name, here in given.items()}
        asked = {name: len(here) + SILENT for name, here in given.items()}
        made = closed_wave(ada, answers, survey=survey, functions=tree, given=given, asked=asked)
        rows[made.number] = {row.name: row for row in WaveFunction.objects.filter(wave=made)}
        now = rows[made.number]
        mapping = {now[name].pk: earlier.pk for name, earlier in came_from.items()}
        services.map_functions(by=ada, wave=made, came_from=mapping)
        return services.publish_wave(by=ada, wave=made)

    care = WaveFunction.objects.get(wave=first, name="Care")
    wave({"Field": care}, field=people("b", range(30)), service=people("t", range(30)))
    third = wave(
        {"Finance": rows[2]["Field"]}, finance=people("c", range(13)), service=people("u", range(50))
    )
    assert "Finance" in blunt(third)


def test_digests_are_kept_by_function_sorted_and_under_a_key_of_the_survey(ada, tree, survey, settings):
    first = published(ada, survey, tree, care=CARE, finance=FINANCE)
    other = services.copy_survey(by=ada, survey=survey, title="Copy")
    there = published(ada, other, tree, care=CARE, finance=FINANCE)
    kept = KeptList.objects.filter(wave=first).select_related("wave_function")
    rows = {row.wave_function.name: row for row in kept}
    assert {name: row.people for name, row in rows.items()} == {"Care": 14, "Finance": 20}
    for row in rows.values():
        assert row.addresses == sorted(set(row.addresses))
        assert row.names == sorted(set(row.names))
        assert not set(row.addresses) & set(row.names)
        assert all(len(one) == 32 for one in row.addresses + row.names)
    stored = json.dumps([(row.addresses, row.names) for row in rows.values()])
    assert "@" not in stored
    assert "care" not in stored
    copied = KeptList.objects.get(wave=there, wave_function__name="Care")
    assert not set(copied.addresses) & set(rows["Care"].addresses)
    # under another secret key of the server they are others
    key = services.lists.SurveyKey.of(survey.pk)
    assert key.of_address("CARE0@old.example") in rows["Care"].addresses
    settings.SECRET_KEY = django_settings.SECRET_KEY + " another"
    assert services.lists.SurveyKey.of(survey.pk).of_address("care0@old.example") not in stored


def test_who_got_no_credential_is_in_no_digest(ada, tree, survey):
    answers = {"care": random_answers(survey, 14, 1)}
    wave = closed_wave(ada, answers, survey=survey, functions=tree, given={"care": CARE})
    Invitation.objects.filter(wave=wave, email=CARE[3]).update(was_given_credential=False)
    services.publish_wave(by=ada, wave=wave)
    key = services.lists.SurveyKey.of(survey.pk)
    assert set(KeptList.objects.get(wave=wave).addresses) == {
        key.of_address(one) for one in CARE if one != CARE[3]
    }


def test_few_who_answered_never_stand_by_themselves(ada, tree, survey):
    """Field's three stand with what tells of them, Care's four of a wave that shows nothing nowhere."""
    given = {"care": CARE, "finance": FINANCE, "field": people("field", range(3))}
    first = published(ada, survey, tree, **given)
    rows = KeptList.objects.filter(wave=first)
    assert sum(row.people for row in rows) == 37
    assert min(row.people for row in rows) >= 5
    other = services.copy_survey(by=ada, survey=survey, title="Copy")
    nothing = published(ada, other, tree, care=people("few", range(4)))
    assert not KeptList.objects.filter(wave=nothing).exists()


@pytest.mark.parametrize(("left", "few"), [(0, set()), (1, {"Care"}), (4, {"Care"}), (5, set())])
def test_a_change_of_the_mail_domain_hides_nobody_who_left(ada, tree, survey, left, few):
    first = published(ada, survey, tree, care=CARE, finance=FINANCE)
    moved_to = people("care", range(14 - left), "new.example")
    second = published(
        ada, survey, tree, before=first, care=moved_to, finance=people("finance", range(20), "new.example")
    )
    assert blunt(second) & {"Care", "Finance"} == few
    row = WaveFunction.objects.get(wave=second, name="Care")
    assert (row.joined, row.left) == (0, left)


@pytest.mark.parametrize(
    ("number", "few"), [(14, set()), (13, {"Care"}), (18, {"Care"}), (9, set()), (19, set())]
)
def test_where_all_addresses_were_made_anew_their_number_is_compared(ada, tree, survey, number, few):
    first = published(ada, survey, tree, care=CARE, finance=FINANCE)
    anew = people("c.", range(number), "new.example")
    second = published(ada, survey, tree, before=first, care=anew, finance=FINANCE)
    assert blunt(second) & {"Care", "All"} == few


def forget_lists(wave):
    """As in a database of before: the lists went when the next wave was published, and nothing was kept."""
    KeptList.objects.filter(wave=wave).delete()
    Invitation.objects.filter(wave=wave).delete()


def test_of_a_wave_whose_list_is_gone_the_number_who_answered_is_compared(ada, tree, survey):
    first = published(ada, survey, tree, care=CARE, finance=FINANCE)
    second = published(
        ada, survey, tree, before=first, care=people("x", range(30)), finance=people("y", range(30))
    )
    forget_lists(first)
    third = published(
        ada, survey, tree, before=second, care=people("p", range(13)), finance=people("q", range(20))
    )
    assert blunt(third) & {"Care", "Finance"} == {"Care"}


def test_a_list_of_before_digests_were_kept_is_kept_as_digests_when_it_goes(ada, tree, survey):
    first = published(ada, survey, tree, care=CARE, finance=FINANCE)
    KeptList.objects.all().delete()
    second = published(ada, survey, tree, before=first, care=people("x", range(14)), finance=FINANCE)
    assert not Invitation.objects.filter(wave=first).exists()
    assert KeptList.objects.filter(wave=first).count() == 2
    third = published(ada, survey, tree, before=second, care=CARE[:-2], finance=FINANCE)
    assert "Care" in blunt(third)


def test_a_copy_of_the_survey_is_compared_with_waves_long_ago_too(ada, tree, survey):
    published(ada, survey, tree, care=CARE, finance=FINANCE)
    published(ada, survey, tree, care=people("x", range(14)), finance=people("y", range(30)))
    other = services.copy_survey(by=ada, survey=survey, title="Copy")
    told = published(ada, other, tree, care=CARE[:-1], finance=people("z", range(30)))
    assert blunt(told) & {"Care", "All"} == {"Care"}


def test_an_erased_person_leaves_a_number_and_no_digest(ada, ben, tree, survey):
    given = [ben.user.email, *CARE[1:]]
    first = published(ada, survey, tree, care=given, finance=FINANCE)
    key = services.lists.SurveyKey.of(survey.pk)
    digests = {key.of_address(ben.user.email), key.of_name(ben.user.email)}
    before = KeptList.objects.get(wave=first, wave_function__name="Care")
    assert digests <= {*before.addresses, *before.names}
    Membership.objects.filter(pk=ben.pk).update(is_active=False)
    erase_person(user=ben.user, by_name="Ada", reason="asked for it")
    after = KeptList.objects.get(pk=before.pk)
    assert digests.isdisjoint([*after.addresses, *after.names])
    assert (after.people, after.forgotten, len(after.addresses)) == (13, 1, 13)
    assert KeptList.objects.get(wave=first, wave_function__name="Finance").forgotten == 0
    second = published(ada, survey, tree, before=first, care=CARE[1:], finance=FINANCE)
    assert blunt(second) & {"Care", "Finance"} == {"Care"}  # she is the one who left


def test_lists_of_a_former_key_of_the_installation_are_read_as_long_as_it_is_known(
    ada, ben, tree, survey, settings
):
    """For comparing waves, and for erasing a person; without the key nobody is on both lists."""
    given = [ben.user.email, *CARE[1:]]
    first = published(ada, survey, tree, care=given, finance=FINANCE)
    last = published(ada, survey, tree, before=first, care=given[:-1], finance=FINANCE)

    def on_both():
        mine, theirs = _under_one_key(WaveTree(last), first, {})
        return len(set().union(*mine.addresses.values()) & set().union(*theirs.addresses.values()))

    assert on_both() == 13 + len(FINANCE)
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another key of the installation"
    assert on_both() == 0
    settings.SECRET_KEY_FALLBACKS = [former]
    assert on_both() == 13 + len(FINANCE)
    Membership.objects.filter(pk=ben.pk).update(is_active=False)
    erase_person(user=ben.user, by_name="Ada", reason="asked for it")
    after = KeptList.objects.get(wave=first, wave_function__name="Care")
    assert (after.people, after.forgotten, len(after.addresses)) == (13, 1, 13)


# --- the rule itself --------------------------------------------------------------------------------


def of(care, names=(), *, forgotten=0, slips=0, answered=0, kept=Kept.LISTS):
    return Lists(
        parents=TREE,
        addresses={"care": set(care)},
        names={"care": set(names)} if names else {},
        slips={"care": slips},
        forgotten={"care": forgotten},
        answered={"care": answered},
        kept=kept,
    )


def few(now, then, told=("care",)):
    return little_changed(
        now=now, then=then, came_from={"care": "care"}, shown=("care",), told=told, minimum=5
    )


def test_few_by_either_identity_is_few():
    then = of("abcdefgh", "ABCDEFGH")
    assert few(of("abcdefgx", "STUVWXYZ"), then) == {"care"}
    assert few(of("stuvwxyz", "ABCDEFGX"), then) == {"care"}
    assert few(of("stuvwxyz", "ABCDEFGH"), then) == frozenset()  # the same people under another domain
    assert few(of("abcdefgh", "STUVWXYZ"), then) == frozenset()


def test_half_of_them_known_again_is_not_anew():
    then = of("abcdefgh", "ABCDEFGH")
    assert few(of("abcdwxy", "ABCDWXY"), then) == frozenset()  # 4 of 8: seven came and went
    assert few(of("abcvwxy", "ABCVWXY"), then) == {"care"}  # 3 of 8: by number one less
    assert few(of("abcvwxy", "ABCDWXY"), then) == frozenset()  # by names half of them are known again


def test_what_was_not_told_is_not_compared():
    assert few(of("abcdefgx"), of("abcdefgh"), told=()) == frozenset()


def test_who_was_erased_may_be_of_the_other_list_or_not():
    assert few(of("abcdefgh"), of("abcdefgh", forgotten=1)) == {"care"}
    assert few(of("abcdefgh", forgotten=1), of("abcdefgh", forgotten=1)) == {"care"}  # another one each
    assert few(of("abcdefgh", forgotten=5), of("abcdefgh")) == frozenset()
    assert few(of("abcdefgx", forgotten=4), of("abcdefgh", forgotten=1)) == frozenset()


@pytest.mark.parametrize(("answered", "found"), [(20, set()), (19, {"care"}), (24, {"care"}), (25, set())])
def test_numbers_alone_are_compared_by_who_answered(answered, found):
    now, then = of("abcdefgh", answered=answered), of("", answered=20, kept=Kept.NUMBERS)
    assert few(now, then) == found
    asked = {"now": now, "then": then, "shown": ("care",), "told": ("care",), "minimum": 5}
    assert nearly_told_before(**asked) == told_by_sums(blunt=set(), **asked) == frozenset()


def test_names_are_known_again_in_a_function_of_another_name_and_in_sums():
    then = Lists(
        parents=TREE,
        addresses={"care": set("abcdefgh"), "finance": set("ijklmnop")},
        names={"care": set("ABCDEFGH"), "finance": set("IJKLMNOP")},
    )
    asked = {"then": then, "told": ("care", "finance"), "minimum": 5}
    under_another_domain = Lists(
        parents=TREE, addresses={"finance": set("1234567")}, names={"finance": set("ABCDEFG")}
    )
    assert nearly_told_before(now=under_another_domain, shown=("finance",), **asked) == {"finance"}
    merged = Lists(
        parents=TREE,
        addresses={"care": set("123456789012345")},
        names={"care": set("ABCDEFGHIJKLMNO")},
    )
    assert told_by_sums(now=merged, shown=("care",), blunt=set(), **asked) == {"care"}


def test_who_came_and_went_is_counted_by_the_identity_that_says_fewer():
    then = of("abcdefgh", "ABCDEFGH")
    found = moved(of("stuvwxyz", "ABCDEFGX"), ["care"], then, ["care"])
    assert (found.joined, found.left) == (1, 1)


def supposed(now, then, few=("care",)):
    found = few_who_moved(now=now, then=then, came_from={"care": "care", "all": "all"}, few=few, minimum=5)
    return {key: (one.joined, one.left) for key, one in found.items()}


def test_how_many_are_supposed_to_have_come_and_gone():
    assert supposed(of("abcdefgx"), of("abcdefgh")) == {"care": (1, 1)}
    assert supposed(of("abcdefgx"), of("abcdefgh"), few=()) == {}
    assert supposed(of("abcdefgh", slips=9), of("abcdefgh", slips=6)) == {"care": (3, 0)}
    # as many slips as then: one who left and one who came
    assert supposed(of("abcdefgh", slips=6), of("abcdefgh", slips=6)) == {"care": (1, 1)}
    # made anew: by the numbers
    assert supposed(of("12345678"), of("abcdefghij")) == {"care": (0, 2)}
    # five and more others: that wave told of other people
    assert supposed(of("abcdvwxyz"), of("abcdefghi")) == {}
    gone = of((), answered=9, kept=Kept.NUMBERS)
    assert supposed(of("abcdefgh", answered=8), gone) == {"care": (4, 4)}
