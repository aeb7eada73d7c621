"""How every command of the cache opens it, and what it says of locks that nobody can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seedgen.cli.invocation import until_the_end

if TYPE_CHECKING:
    from seedgen.app.cache_contents import CacheContents
    from seedgen.cli.invocation import Invocation

EXIT_PROBLEMS = 1


def opened(invocation: Invocation) -> CacheContents:
    """The cache in force, until the command ends."""
    from seedgen.app.cache_contents import CacheContents

    return until_the_end(CacheContents(invocation.settings))


def warn_of_unreadable(invocation: Invocation, contents: CacheContents) -> None:
    """Locks that could not be read, and whose clips are therefore not shown as used."""
    for error in contents.unreadable:
        invocation.say(f"{invocation.paint.yellow('Warning:')} {error}; what it uses is not shown.\n")
