"""Suppression attacked by full enumeration, by textbook tables and by its own linear programs."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxstats.anonymity import (
    Cell,
    CellBounds,
    Family,
    attack,
    filter_risks,
    is_homogeneous,
    primary_cells,
    suppress,
    suppression,
)
from cxstats.errors import InvalidInput, NotEstimable, Reason

quick = settings(max_examples=8, deadline=None)


def table(rows):
    """Cells and sums of a two-way table with its margins."""
    matrix = np.array(rows)
    cells, families = [], []
    for i, row in enumerate(matrix):
        cells += [Cell(key=f"r{i}c{j}", n=int(value)) for j, value in enumerate(row)]
        cells.append(Cell(key=f"r{i}", n=int(row.sum())))
        families.append(Family(total=f"r{i}", parts=tuple(f"r{i}c{j}" for j in range(row.size))))
    for j, column in enumerate(matrix.T):
        cells.append(Cell(key=f"c{j}", n=int(column.sum())))
        families.append(Family(total=f"c{j}", parts=tuple(f"r{i}c{j}" for i in range(column.size))))
    cells.append(Cell(key="all", n=int(matrix.sum())))
    families.append(Family(total="all", parts=tuple(f"r{i}" for i in range(matrix.shape[0]))))
    families.append(Family(total="all", parts=tuple(f"c{j}" for j in range(matrix.shape[1]))))
    return cells, families


def test_textbook_interval_of_a_two_way_table():
    # Table in the manner of Fischetti and Salazar-Gonzalez (2000), investment by activity and region; cells
    # (II, C), (II, A), (III, A), (III, C) hidden. The intervals are worked by hand below, and the same with
    # scipy's linprog on the four equations.
    rows = [[20, 50, 10], [8, 19, 22], [17, 32, 12]]
    cells, families = table(rows)
    found = {
        b.key: b for b in attack(cells=cells, families=families, suppressed={"r1c0", "r1c2", "r2c0", "r2c2"})
    }
    # row II leaves 30 for A and C, row III 29; column A leaves 25, column C 34.
    # n(II, C) = 30 - n(II, A), n(II, A) between max(0, 25 - 29) = 0 and min(30, 25) = 25
    assert found["r1c0"] == CellBounds(key="r1c0", low=0, high=25)
    assert found["r1c2"] == CellBounds(key="r1c2", low=5, high=30)
    assert found["r2c0"] == CellBounds(key="r2c0", low=0, high=25)
    assert found["r2c2"] == CellBounds(key="r2c2", low=4, high=29)


def test_one_hidden_cell_in_a_sum_is_no_secret():
    cells, families = table([[3, 20], [15, 18]])
    found = attack(cells=cells, families=families, suppressed={"r0c0"})
    assert (found[0].low, found[0].high) == (3, 3)


def enumerate_hidden(cells, families, hidden):
    """Every whole table that agrees with what is shown; brute force, another route.

    A sum with one open cell settles it; else one open cell takes every value in turn.
    """
    largest = max(cell.n for cell in cells)
    seen = {key: set() for key in hidden}

    def fill(guess):
        opened = []
        for family in families:
            keys = [key for key in (family.total, *family.parts) if key not in guess]
            if keys:
                opened.append((len(keys), keys[0], family))
            elif sum(guess[part] for part in family.parts) != guess[family.total]:
                return
        if not opened:
            for key in hidden:
                seen[key].add(guess[key])
            return
        number, key, family = min(opened, key=lambda item: item[0])
        values = range(largest + 1)
        if number == 1:
            parts = sum(guess[part] for part in family.parts if part != key)
            value = parts if key == family.total else guess[family.total] - parts
            values = [value] if 0 <= value <= largest else []
        for value in values:
            fill({**guess, key: value})

    fill({cell.key: cell.n for cell in cells if cell.key not in hidden})
    return seen


@pytest.mark.parametrize("shape", [(2, 2), (2, 3), (3, 2)])
def test_suppression_survives_full_enumeration(shape):
    draws, enumerated = np.random.default_rng(3), 0
    for _ in range(8):
        rows = draws.integers(3, 9, shape)
        rows[0, draws.integers(shape[1])] = draws.integers(1, 3)
        cells, families = table(rows)
        plan = suppress(cells=cells, families=families, k=3)
        if any(bound.high is None for bound in plan.bounds):
            continue
        enumerated += 1
        seen = enumerate_hidden(cells, families, [*plan.primary, *plan.complementary])
        assert len(plan.primary) == 1
        for bound in plan.bounds:
            assert (min(seen[bound.key]), max(seen[bound.key])) == (bound.low, bound.high)
            assert max(seen[bound.key]) - min(seen[bound.key]) >= 3
    assert enumerated >= 4  # the loop must not pass by passing over


@quick
@given(seed=st.integers(0, 10_000), k=st.integers(3, 6))
def test_every_hidden_cell_keeps_its_width_and_nothing_small_is_shown(seed, k):
    rows = np.random.default_rng(seed).poisson(9, (4, 3))
    cells, families = table(rows)
    plan = suppress(cells=cells, families=families, k=k)
    sizes = {cell.key: cell.n for cell in cells}
    assert all(sizes[key] >= k or sizes[key] == 0 for key in plan.published)
    assert set(plan.primary) == {key for key, n in sizes.items() if 0 < n < k}
    assert not set(plan.published) & (set(plan.primary) | set(plan.complementary))
    for bound in attack(
        cells=cells, families=families, suppressed=set(plan.primary) | set(plan.complementary)
    ):
        assert bound.low <= sizes[bound.key]
        assert bound.high is None or sizes[bound.key] <= bound.high
        assert bound.width >= k


@quick
@given(seed=st.integers(0, 10_000))
def test_one_small_cell_costs_three_companions_and_no_total(seed):
    # Where a rectangle through the small cell protects it, no more than its other corners need hiding.
    draws = np.random.default_rng(seed)
    rows = draws.integers(5, 12, (3, 3))
    rows[1, 1] = 1
    cells, families = table(rows)
    plan = suppress(cells=cells, families=families, k=3)
    assert len(plan.complementary) == 3
    assert all("c" in key[1:] for key in plan.complementary)


@pytest.mark.parametrize("answer", [None, np.zeros(32)], ids=["gives up", "moves nothing"])
def test_without_the_linear_program_neighbors_are_hidden_one_by_one(monkeypatch, answer):
    monkeypatch.setattr(suppression.optimize, "linprog", lambda *_, **__: SimpleNamespace(x=answer))
    cells, families = table([[10, 8, 10], [6, 7, 10], [4, 6, 1]])
    plan = suppress(cells=cells, families=families, k=3)
    assert plan.primary == ("r2c2",)
    assert len(plan.complementary) >= 3
    assert all(bound.width >= 3 for bound in plan.bounds)


def test_a_solver_that_gives_up_shows_nothing(monkeypatch):
    cells, families = table([[3, 20], [15, 18]])
    monkeypatch.setattr(suppression.optimize, "milp", lambda *_, **__: SimpleNamespace(x=None))
    with pytest.raises(NotEstimable) as refusal:
        suppress(cells=cells, families=families)
    assert refusal.value.reason is Reason.NO_CONVERGENCE


def test_safe_tables_are_shown_whole():
    cells, families = table([[10, 20], [30, 40]])
    plan = suppress(cells=cells, families=families)
    assert plan.primary == plan.complementary == plan.bounds == ()
    assert len(plan.published) == 9


def test_hierarchy_of_three_levels():
    cells = [
        Cell(key="company", n=60),
        Cell(key="north", n=24),
        Cell(key="south", n=36),
        *(Cell(key=key, n=n) for key, n in [("n1", 4), ("n2", 20), ("s1", 16), ("s2", 20)]),
    ]
    families = [
        Family(total="company", parts=("north", "south")),
        Family(total="north", parts=("n1", "n2")),
        Family(total="south", parts=("s1", "s2")),
    ]
    plan = suppress(cells=cells, families=families)
    assert plan.primary == ("n1",)
    assert plan.complementary == ("n2",)
    assert set(plan.published) == {"company", "north", "south", "s1", "s2"}
    assert {(b.low, b.high) for b in plan.bounds} == {(0, 24)}


def test_lonely_small_group_hides_totals_until_it_is_safe():
    cells = [Cell(key="all", n=9), Cell(key="a", n=3), Cell(key="b", n=6)]
    families = [Family(total="all", parts=("a", "b"))]
    plan = suppress(cells=cells, families=families, width=12)
    # 9 - 6 would be 3, and a + b = 9 leaves only 0..9: the total has to go, then b may stay
    assert plan.published == ("b",)
    assert all(bound.high is None for bound in plan.bounds)
    single = suppress(cells=[Cell(key="a", n=3)], families=[])
    assert single.bounds == (CellBounds(key="a", low=0, high=None),)


def test_exposed_cell_reaches_for_neighbors_of_neighbors():
    # a + b = 6 is shown to be a sum, all its cells are hidden, but the chain above still pins it down
    cells = [Cell(key=key, n=n) for key, n in [("top", 40), ("x", 34), ("mid", 6), ("a", 2), ("b", 4)]]
    families = [Family(total="top", parts=("x", "mid")), Family(total="mid", parts=("a", "b"))]
    plan = suppress(cells=cells, families=families, k=5, width=7)
    assert plan.primary == ("a", "b")
    assert "mid" in plan.complementary
    assert "x" in plan.complementary
    assert all(bound.width >= 7 for bound in plan.bounds)


def test_needless_companions_are_shown_again():
    rows = [[2, 30, 9], [8, 30, 3], [30, 30, 30]]
    cells, families = table(rows)
    plan = suppress(cells=cells, families=families)
    assert plan.primary == ("r0c0", "r1c2")
    assert plan.complementary
    for key in plan.complementary:
        less = set(plan.primary) | set(plan.complementary) - {key}
        assert any(b.width < 5 for b in attack(cells=cells, families=families, suppressed=less))


def test_groups_of_one_opinion():
    assert is_homogeneous(histogram=[0, 6, 0])
    assert not is_homogeneous(histogram=[1, 6, 0])
    with pytest.raises(NotEstimable):
        is_homogeneous(histogram=[0, 0])
    cells = [Cell(key="a", n=8, alike=True), Cell(key="b", n=9), Cell(key="all", n=17)]
    assert primary_cells(cells=cells) == ()
    assert primary_cells(cells=cells, protect_alike=True) == ("a",)
    plan = suppress(cells=cells, families=[Family(total="all", parts=("a", "b"))], protect_alike=True)
    assert plan.complementary == ("b",)


def test_differences_between_releases_and_filters():
    staff = frozenset(range(30))
    assert filter_risks(groups=[("a", staff), ("b", staff)]) == ()
    assert filter_risks(groups=[("a", staff), ("b", frozenset(range(25)))]) == ()  # five apart
    risk = filter_risks(groups=[("sales", frozenset(range(12))), ("all", frozenset(range(15)))])
    assert (risk[0].wider, risk[0].narrower, risk[0].people) == ("all", "sales", 3)
    swapped = filter_risks(groups=[("may", staff), ("june", (staff - {1}) | {99})])
    assert swapped[0].people == 2
    with pytest.raises(InvalidInput):
        filter_risks(groups=[], k=1)


def test_refusals():
    cells, families = table([[3, 20], [15, 18]])
    for bad in (
        lambda: suppress(cells=[*cells, cells[0]], families=families),
        lambda: suppress(cells=cells, families=[Family(total="all", parts=("r0", "nowhere"))]),
        lambda: suppress(cells=cells, families=[Family(total="all", parts=("r0",))]),
        lambda: suppress(cells=cells, families=[Family(total="all", parts=())]),
        lambda: suppress(cells=cells, families=[Family(total="all", parts=("r0", "r0"))]),
        lambda: suppress(cells=cells, families=families, k=1),
        lambda: suppress(cells=cells, families=families, width=0),
        lambda: attack(cells=cells, families=families, suppressed={"nowhere"}),
        lambda: primary_cells(cells=[Cell(key="a", n=-1)]),
    ):
        with pytest.raises(InvalidInput):
            bad()
