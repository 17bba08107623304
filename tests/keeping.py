"""What the engine finds is kept for the process: hundreds of tests compute the same few studies and cases."""

import sys
from collections.abc import Callable, Hashable
from copy import deepcopy
from hashlib import sha256
from typing import Any

from cxstats.codec import canonical_text

# Who asks for a first result. Whoever computes it again to compare (`recompute`, verifying) has it computed.
FIRST = frozenset({"execute_study.<locals>.work", "compute_roi_case"})


def kept_by_inputs(compute: Callable[..., Any], engine: Callable[[], Hashable]) -> Callable[..., Any]:
    """The same function, which answers from what it found before where inputs and `engine` are the same.

    A test that puts something else in the engine's place gets what that gives. A refusal is not kept.
    """
    found: dict[Hashable, Any] = {}

    def ask(inputs: dict[str, Any], *more: Hashable) -> Any:
        if sys._getframe(1).f_code.co_qualname not in FIRST:
            return compute(inputs, *more)
        key = (sha256(canonical_text(inputs).encode()).digest(), more, engine())
        if key not in found:
            found[key] = compute(inputs, *more)
        return deepcopy(found[key])

    return ask
