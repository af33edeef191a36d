"""The decorator of the compiled functions, with the type the type checker needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from numba import njit

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def compiled(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Compile a function to machine code at its first call, and keep the code on disk.

    Later processes load it from there; it is compiled again only when the file changes.
    """
    return cast("Callable[Arguments, Result]", njit(cache=True)(function))


def inlined(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Compile a small function into its callers."""
    return cast("Callable[Arguments, Result]", njit(cache=True, inline="always")(function))
