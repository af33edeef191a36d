"""Two gears for the functions of the engine: plain Python, and machine code made of the same text.

Machine code is a hundred times faster, but loading it takes most of a second in every process, and
making it takes many seconds once. A single question over a small network is answered by plain
Python before the machine code would be loaded. So small networks are searched in plain Python until
that has cost as much as loading would have, and in machine code from then on; large ones are
searched in machine code at once. Both gears run the same functions and give the same answers.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from types import FunctionType
from typing import Any, Literal, ParamSpec, TypeVar, cast

from kervan.network.arrays import Arrays

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

SMALL = 50_000
"""Most legs and event times of a network that plain Python searches."""

PLAIN_SECONDS = 1.0
"""What loading the machine code costs, about."""

_INLINED: set[Callable[..., Any]] = set()
_spent = [0.0]
"""Seconds that plain Python has searched in this process."""


def use_machine_code() -> None:
    """Search in machine code from now on, however small the network: for a process that stays."""
    _spent[0] = PLAIN_SECONDS


class Compiled:
    """A function of the engine in both its gears."""

    def __init__(self, plain: Callable[..., Any]) -> None:
        self.plain = plain
        self._machine: Callable[..., Any] | None = None

    def __call__(self, *arguments: Any) -> Any:
        """Call it in the gear that suits its first argument."""
        net = arguments[0]
        if not isinstance(net, tuple) or (isinstance(net, Arrays) and isinstance(net[0], list)):
            return self.plain(*arguments)  # called from plain Python, which is in this gear
        if isinstance(net, Arrays) and _is_small(net) and _spent[0] < PLAIN_SECONDS:
            began = time.perf_counter()
            found = self.plain(_as_lists(net), *arguments[1:])
            _spent[0] += time.perf_counter() - began
            return found
        return self.machine()(*arguments)

    def machine(self) -> Callable[..., Any]:
        """Return the function as machine code; kept on disk until its file changes."""
        if self._machine is None:
            self._machine = _as_machine_code(self.plain)
        return self._machine


def compiled(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Give a function both gears.

    Its first argument decides, and is a tuple of arrays where the function is called from outside
    the engine.
    """
    return cast("Callable[Arguments, Result]", Compiled(function))


def inlined(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Mark a small function as part of its callers' machine code."""
    _INLINED.add(function)
    return function


def _is_small(net: Arrays) -> bool:
    return len(net.leg_floor) + len(net.departs) <= SMALL


def _as_lists(net: Arrays) -> Arrays:
    """Return the arrays as lists, whose numbers plain Python reads fast and never overflows."""
    return Arrays(*(cast("Any", array.tolist()) for array in net))


def _as_machine_code(
    plain: Callable[..., Any], inline: Literal["never", "always"] = "never"
) -> Callable[..., Any]:
    """Compile a function against the machine code of the engine's functions that it names."""
    # Imported here: it takes a good part of a second, which plain Python is there to save.
    from numba import njit

    function = cast("FunctionType", plain)
    names = dict(function.__globals__)
    for name in function.__code__.co_names:
        named = names.get(name)
        if isinstance(named, Compiled):
            names[name] = named.machine()
        elif isinstance(named, FunctionType) and named in _INLINED:
            names[name] = _as_machine_code(named, inline="always")
    copy = FunctionType(function.__code__, names, function.__name__, function.__defaults__)
    copy.__module__, copy.__qualname__ = function.__module__, function.__qualname__
    return cast("Callable[..., Any]", njit(cache=True, inline=inline)(copy))
