"""Values that the engine defines carry words in the apps and are not written down a second time."""

import pytest

from coalition import choices as coalition
from cxstats import design, kinds
from impact import choices as impact


@pytest.mark.parametrize(
    ("with_words", "of_the_engine", "apart"),
    [
        (coalition.Direction, design.Direction, {}),
        (coalition.UnitSelection, design.UnitSelection, {}),
        (impact.SourceKind, kinds.ParameterKind, {}),
        # stored models and clients know "formula"; the engine's evidence says "own_formula"
        (impact.ValueKind, kinds.ValueKind, {"own_formula": "formula"}),
    ],
)
def test_every_value_of_the_engine_has_words(with_words, of_the_engine, apart):
    assert with_words.values == [apart.get(value.value, value.value) for value in of_the_engine]
    assert all(str(label).strip() for label in with_words.labels)


def test_people_enter_every_shape_but_the_one_that_comes_from_studies():
    entered = set(impact.Distribution.values)
    assert {shape.value for shape in kinds.Distribution} - entered == {"student_t"}
    assert entered <= {shape.value for shape in kinds.Distribution}
