"""SciPy's parts, loaded when one of their functions is first used.

Web server and worker import the whole core when they start; most of what they do then needs no SciPy, which
takes longer to load and more memory than the framework around them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scipy import optimize, special
else:

    class _Later:
        """Stands for a module until a name of it is asked for."""

        def __init__(self, name: str) -> None:
            self._name = name

        def __getattr__(self, name: str) -> Any:
            value = getattr(import_module(self._name), name)
            setattr(self, name, value)  # from now on found without this detour
            return value

    optimize, special = (_Later(f"scipy.{name}") for name in ("optimize", "special"))

__all__ = ["optimize", "special"]
