"""Everything that is published of three waves, added and subtracted: nothing rests on one to four people.

The attacker has every list of who was given a credential and whatever a reader of all functions gets: by
program alone, or pages, files and documents together. For her everybody answers every question and says the
same each time, so that each exact figure is a sum over known people; figures are linear in what people said,
and elimination finds whatever adding and subtracting can do.
"""

import csv
import io
from itertools import combinations

import numpy as np
import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from cxstats.anonymity import Telling
from employee_voice import services
from employee_voice.selectors.documents import wave_evidence
from employee_voice.selectors.results import results_page
from employee_voice.services import publishing
from tests.factories.employee_results import closed_wave, random_answers
from tests.factories.employee_voice import survey_of

pytestmark = pytest.mark.django_db
FEW = 4
WITHIN = {
    "Northwind Telecom": ("service", "care", "field", "finance"),
    "Service": ("service", "care", "field"),
    "Care": ("care",),
    "Field": ("field",),
    "Finance": ("finance",),
}


class Played:
    """Three published waves of one survey, and who was given a credential in each."""

    def __init__(self, leader, tree, waves):
        self.survey, self.leader = survey_of(leader), leader
        self.waves, self.lists, before = [], [], None
        for number, given in enumerate(waves):
            answers = {
                name: random_answers(self.survey, len(here), 7 * number + place, lean=0.5, skips=0)
                for place, (name, here) in enumerate(given.items())
            }
            given = {name: [f"{one}@northwind.example" for one in here] for name, here in given.items()}
            wave = closed_wave(
                leader, answers, survey=self.survey, functions=tree, given=given, before=before
            )
            before = services.publish_wave(by=leader, wave=wave)
            self.waves.append(before)
            self.lists.append(given)

    def people(self, number, function):
        here = self.lists[number]
        return frozenset(one for name in WITHIN[function] for one in here.get(name, ()))

    def sums(self, exact):
        """What is told exactly, question by question, as sets of people."""
        found = {}
        for number, told in enumerate(exact):
            for function, measure in told:
                found.setdefault(measure, set()).add(self.people(number, function))
        return found


def few_people(sums):
    """One to four people on whose answers alone a sum of exact figures rests; none where there are none."""
    everybody = sorted(frozenset[str]().union(*sums))
    matrix = np.array([[person in one for person in everybody] for one in sums], dtype=float)
    atoms = {}  # people whom no sum can tell apart
    for place, person in enumerate(everybody):
        atoms.setdefault(tuple(matrix[:, place]), []).append(person)
    columns = np.array(list(atoms)).T
    sizes = [len(people) for people in atoms.values()]
    whole = np.linalg.matrix_rank(columns)
    small = [place for place, size in enumerate(sizes) if size <= FEW]
    for count in range(1, FEW + 1):
        for chosen in combinations(small, count):
            if sum(sizes[place] for place in chosen) > FEW:
                continue
            outside = np.delete(columns, chosen, axis=1)
            if not outside.size or np.linalg.matrix_rank(outside) < whole:
                return sorted(one for place in chosen for one in list(atoms.values())[place])
    return []


def attacked(played, exact):
    found = {measure: few_people(sums) for measure, sums in played.sums(exact).items()}
    return {measure: people for measure, people in found.items() if people}


# --- what is told, by each way --------------------------------------------------------------------------


def by_program(client, played):
    found = []
    for wave in played.waves:
        answer = client.get(f"/api/v1/o/northwind/employee-waves/{wave.pk}/results/").json()
        found.append(
            {
                (function["name"], figure["measure"])
                for function in answer["functions"]
                for figure in function["figures"]
                if figure["told"] == "exact" or figure["score"] is not None
            }
        )
    return found


def names_of_lines(leader, wave):
    rows = results_page(leader, wave).rows
    lines = [line for row in rows for cell in (*row.cells, *row.own) for line in (cell, *cell.items)]
    return {line.name: line.measure.key for line in lines}


def by_files(client, played):
    found = []
    for wave in played.waves:
        names = names_of_lines(played.leader, wave)
        told = set()
        for ending in ("csv", "xlsx"):
            address = reverse("employee_voice:results_file", args=["northwind", wave.pk, ending])
            content = client.get(address).content
            for row in rows_of(content, ending):
                if row["told"] == "exact" or row["score"]:
                    told.add((row["function"], names[row["measure"]]))
        found.append(told)
    return found


def rows_of(content, ending):
    if ending == "csv":
        return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    heads, *rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    return [dict(zip(heads, row, strict=True)) for row in rows]


def by_pages(client, played):
    """What each page draws: of the organization, and of each function."""
    found = []
    for wave in played.waves:
        addresses = [reverse("employee_voice:wave_results", args=["northwind", wave.pk])]
        addresses += [
            reverse("employee_voice:function_results", args=["northwind", wave.pk, row.pk])
            for row in wave.functions.all()
        ]
        told = set()
        for address in addresses:
            page = client.get(address).context["page"]
            told |= {
                (row.name, line.measure.key)
                for row in page.rows
                for line in row.told
                if line.figure is not None and line.figure.how is Telling.EXACT
            }
        found.append(told)
    return found


def by_documents(leader, played):
    return [
        {
            (function["name"], figure["measure"])
            for function in wave_evidence(leader, wave)["functions"]
            for figure in function["figures"]
            if figure["told"] == "exact"
        }
        for wave in played.waves
    ]


def together(*ways):
    return [set().union(*told) for told in zip(*ways, strict=True)]


# --- the attack -----------------------------------------------------------------------------------------


def through(numbers, prefix):
    return [f"{prefix}{number}" for number in numbers]


def drawn_waves(seed):
    """People who stay, leave, come and come back, some of them few and some many."""
    rng = np.random.default_rng(seed)
    waves = [{}, {}, {}]
    for name, size in {"service": 7, "care": 14, "field": 9, "finance": 24}.items():
        first = through(range(size), name)
        left = int(rng.choice([0, 1, 3, 6]))
        second = [*first[left:], *through(range(int(rng.choice([0, 2, 6]))), f"new-{name}")]
        back = first if rng.random() < 0.5 else second
        third = [
            *back[int(rng.choice([0, 1, 2, 5])) :],
            *through(range(int(rng.choice([0, 0, 1]))), f"late-{name}"),
        ]
        for wave, people in zip(waves, (first, second, third), strict=True):
            wave[name] = people
    return waves


@pytest.mark.parametrize("seed", range(3))
def test_nothing_told_of_three_waves_rests_on_few_people(seed, ada, tree, client_of, api_of):
    played = Played(ada, tree, drawn_waves(seed))
    program = by_program(api_of(ada), played)
    assert sum(len(told) for told in program) > 20
    assert attacked(played, program) == {}
    pages, files = by_pages(client_of(ada), played), by_files(client_of(ada), played)
    documents = by_documents(ada, played)
    assert pages == program == documents
    assert [told <= by for told, by in zip(files, program, strict=True)] == [True] * 3
    assert any(files)
    assert attacked(played, together(program, pages, files, documents)) == {}


def waves_with_moves(seed):
    """Between waves some people move to another function, some come back, some leave or come."""
    rng = np.random.default_rng(seed)
    names = ["service", "care", "field", "finance"]
    waves = [{name: through(range(size), name) for name, size in zip(names, (8, 15, 11, 24), strict=True)}]
    for number in (2, 3):
        now = {name: list(people) for name, people in waves[-1].items()}
        for _one in range(int(rng.integers(1, 4))):
            here, there = rng.choice(names, 2, replace=False)
            few = min(int(rng.choice([1, 2, 5])), len(now[here]) - 6)
            moving, now[here] = now[here][: max(few, 0)], now[here][max(few, 0) :]
            now[there] += moving
        left = rng.choice(names)
        now[left] = now[left][int(rng.choice([0, 1])) :]
        now[rng.choice(names)] += through(range(int(rng.choice([0, 1, 6]))), f"wave{number}-")
        waves.append(now)
    return waves


@pytest.mark.parametrize("seed", range(4))
def test_nothing_rests_on_few_people_where_people_moved_between_functions(seed, ada, tree, api_of):
    played = Played(ada, tree, waves_with_moves(seed))
    program = by_program(api_of(ada), played)
    assert any(program[1]) or any(program[2])
    assert attacked(played, program) == {}


AND_BACK = [
    {"care": through(range(14), "care"), "finance": through(range(24), "finance")},
    {"care": through(range(20), "other"), "finance": through(range(12), "finance")},
    {"care": through(range(13), "care"), "finance": through(range(8, 24), "finance")},
]


def test_what_two_waves_would_tell_across_one_between_them_is_found(ada, tree, api_of, monkeypatch):
    """The attack itself: with the last wave alone to compare with, the first and the third tell of one."""

    def with_the_last_alone(wave):
        before = publishing.last_published(wave)
        return [before] if before else []

    monkeypatch.setattr(publishing, "compared_with", with_the_last_alone)
    played = Played(ada, tree, AND_BACK)
    found = attacked(played, by_program(api_of(ada), played))
    assert found
    assert all(people == ["care13@northwind.example"] for people in found.values())


def test_one_cell_too_many_is_found(ada, tree, api_of):
    played = Played(ada, tree, [{**AND_BACK[0], "field": through(range(3), "field")}, *AND_BACK[1:]])
    exact = by_program(api_of(ada), played)
    assert attacked(played, exact) == {}
    measure = next(measure for function, measure in exact[0] if function == "Northwind Telecom")
    assert ("Field", measure) not in exact[0]
    added = [exact[0] | {("Field", measure)}, *exact[1:]]
    assert list(attacked(played, added)) == [measure]
