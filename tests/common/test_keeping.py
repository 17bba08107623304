"""What tests keep of the engine's findings: first results alone, by their inputs and by the engine."""

import inspect
from types import CodeType

from impact.services import cases, studies
from tests.keeping import FIRST, kept_by_inputs


class _Engine:
    def __init__(self):
        self.asked, self.name = [], "one"

    def __call__(self, inputs, seed=0):
        self.asked.append((inputs["a"], seed))
        return {"found": [inputs["a"], seed]}


def _asker(name="compute_roi_case"):
    """Somebody of this name who asks."""
    found = {}
    exec(f"def {name}(ask, *given): return ask(*given)", found)
    return found[name]


def test_the_same_inputs_are_computed_once_and_what_is_handed_out_is_ones_own():
    engine = _Engine()
    ask, first = kept_by_inputs(engine, lambda: engine.name), _asker()
    one = first(ask, {"a": 1}, 7)
    one["found"].append("spoilt")
    assert first(ask, {"a": 1}, 7) == {"found": [1, 7]}
    assert engine.asked == [(1, 7)]
    assert [first(ask, {"a": 2}, 7), first(ask, {"a": 1}, 8)] == [{"found": [2, 7]}, {"found": [1, 8]}]
    engine.name = "another"
    first(ask, {"a": 1}, 7)
    assert engine.asked == [(1, 7), (2, 7), (1, 8), (1, 7)]


def test_whoever_computes_again_to_compare_has_it_computed():
    engine = _Engine()
    ask = kept_by_inputs(engine, lambda: engine.name)
    _asker()(ask, {"a": 1})
    for name in ("recompute", "verify"):
        _asker(name)(ask, {"a": 1})
    assert len(engine.asked) == 3


def test_those_who_ask_first_are_in_the_product():
    asked = (studies.execute_study, inspect.unwrap(cases.compute_roi_case))
    inner = [one for code in asked for one in (code.__code__, *code.__code__.co_consts)]
    assert {one.co_qualname for one in inner if isinstance(one, CodeType)} >= FIRST
