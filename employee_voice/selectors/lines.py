"""Single figures of published waves, as they stand beside those of another wave."""

from dataclasses import replace

from cxstats.engagement import drivers_of_items
from employee_voice.results import Results
from employee_voice.scope import WaveTree
from employee_voice.selectors.results import Writer, results_of
from employee_voice.selectors.shown import Line


class Lines:
    """By function and measure. One query, none where the results are given."""

    def __init__(self, tree: WaveTree, results: Results | None = None) -> None:
        self._tree, self._results = tree, results or results_of(tree.wave)
        publication = self._results.publication
        self._writer = Writer(tree.wave, self._results, tree)
        self._functions = {function.key: function for function in publication.functions}
        self.driver_scores = publication.driver_scores

    def line(self, key: str, measure: str) -> Line | None:
        function = self._functions.get(key)
        cells = self._writer.row(function).cells if function else ()
        return next((line for line in cells if line.measure.key == measure), None)

    def is_like(self, other: "Lines") -> bool:
        """Whether drivers of both waves are made in the same way."""
        return self.driver_scores is other.driver_scores

    def of_items(self) -> "Lines":
        """The same with drivers made of what the wave published of their items."""
        publication = drivers_of_items(self._results.publication)
        return Lines(self._tree, replace(self._results, publication=publication))
