"""The tree of errors: drawn once, in the docstring, and true."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

import seedgen
from seedgen import errors
from seedgen.errors import ProjectError, SeedgenError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

_INDENT = 4


def drawn() -> Iterator[tuple[str, str]]:
    """Name and parent of every class in the docstring's tree."""
    path: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        branch, _, rest = line.rpartition("── ")
        if branch:
            depth = (len(branch) - 1 - _INDENT) // 4 + 1
            path[depth:] = [rest.split()[0]]
            yield path[depth], path[depth - 1]
        elif line.strip() == "SeedgenError":
            path = ["SeedgenError"]


def subclasses(of: type[SeedgenError]) -> Iterator[tuple[str, str]]:
    """Name and parent of every class below one; a room may have finer ones of its own."""
    for child in of.__subclasses__():
        if child.__module__ != errors.__name__:
            continue
        yield child.__name__, of.__name__
        yield from subclasses(child)


def test_every_error_stands_in_the_tree_of_the_docstring() -> None:
    """Name and parent agree, for every class of the module; what a room adds stands below one of these."""
    for module in pkgutil.walk_packages(seedgen.__path__, "seedgen."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    assert sorted(drawn()) == sorted(subclasses(SeedgenError))
    assert len(list(drawn())) > 15


def everything() -> Iterator[type[SeedgenError]]:
    """Every class of the module."""
    return (
        thing
        for thing in vars(errors).values()
        if isinstance(thing, type) and issubclass(thing, SeedgenError)
    )


def test_only_what_was_certainly_not_accepted_may_be_repeated() -> None:
    """A retry after anything else could pay twice (DESIGN section 7, rule 2)."""
    safe = {error.__name__ for error in everything() if error.retry_is_safe}
    assert safe == {"RateLimited", "OutOfCredits", "Unavailable", "Unreachable"}


def test_an_error_says_what_happened_and_what_to_do() -> None:
    """The sentence and the remedy are apart; the remedy may be empty."""
    error = UsageError("no shot '011'", remedy="Did you mean '010'?")
    assert (str(error), error.remedy) == ("no shot '011'", "Did you mean '010'?")
    assert (str(UsageError("no")), UsageError("no").remedy) == ("no", "")


def test_a_project_error_counts_its_problems() -> None:
    """One problem or several, all are carried."""
    assert str(ProjectError(["a"])) == "1 problem in the project"
    assert str(ProjectError(["a", "b"])) == "2 problems in the project"
    assert ProjectError(["a", "b"]).diagnostics == ("a", "b")
