"""Invocation: what was typed before the command, and the terminal it was typed in."""

from __future__ import annotations

import re
import shutil
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import click

from seedgen.views.paint import Paint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seedgen.app import Settings, Workspace
    from seedgen.ports.events import Event

_COMMAND = re.compile(r"`seedgen (?=[a-z])")


class NotAnswered(click.Abort):
    """Ctrl-C at a question: nothing was begun."""


class _Opened(Protocol):
    def close(self) -> None: ...


_O = TypeVar("_O", bound=_Opened)


def until_the_end(opened: _O) -> _O:
    """Close it when the command ends, however it ends."""
    click.get_current_context().call_on_close(opened.close)
    return opened


@dataclass(frozen=True, slots=True)
class Invocation:
    """Options of the command line as a whole. `root` is the project's folder."""

    root: Path
    environment: Mapping[str, str]
    profile: str | None = None
    variables: tuple[str, ...] = ()
    var_files: tuple[Path, ...] = ()
    cache_dir: Path | None = None
    allow_outside: bool = False
    no_color: bool = False

    def open(self) -> Workspace:
        """Open the project, until the command ends. Raises ProjectError when there is none."""
        from seedgen.app import Workspace

        return until_the_end(Workspace(self.settings))

    @property
    def settings(self) -> Settings:
        """How to open the project."""
        from seedgen.app import Settings

        explicit = self.environment.get("SEEDGEN_FFMPEG")
        return Settings(
            root=self.root,
            profile=self.profile,
            variables=self.variables,
            var_files=self.var_files,
            cache_dir=self.cache_dir,
            allow_outside=self.allow_outside,
            ffmpeg=Path(explicit) if explicit else None,
            search_path=self.environment.get("PATH"),
            environment=self.environment,
        )

    def typed(self, text: str) -> str:
        """A text whose commands mean what they say when they are typed: with the profile of this one."""
        return _COMMAND.sub(f"`seedgen --profile {self.profile} ", text) if self.profile else text

    def typed_event(self, event: Event) -> Event:
        """An event whose remedy can be typed as it stands."""
        from seedgen.ports.events import JobFailed

        return replace(event, remedy=self.typed(event.remedy)) if isinstance(event, JobFailed) else event

    def say(self, text: str) -> None:
        """Tell people something, on stderr."""
        sys.stderr.write(self.typed(text))

    def _colours(self, stream: Any) -> bool:
        plain = self.no_color or self.environment.get("NO_COLOR") or self.environment.get("TERM") == "dumb"
        return not plain and stream.isatty()

    @property
    def paint(self) -> Paint:
        """Colour for stderr."""
        return Paint(self._colours(sys.stderr))

    @property
    def out_paint(self) -> Paint:
        """Colour for stdout."""
        return Paint(self._colours(sys.stdout))

    @property
    def live(self) -> bool:
        """Whether stderr is a terminal that can be redrawn."""
        return sys.stderr.isatty() and self.environment.get("TERM") != "dumb"

    @property
    def can_ask(self) -> bool:
        """Whether somebody is there to answer a question."""
        return sys.stdin.isatty() and sys.stderr.isatty()

    def ask(self, question: str) -> bool:
        """Ask somebody at the terminal; the answer may be no. Raises NotAnswered."""
        try:
            return click.confirm(question, err=True)
        except click.Abort:
            raise NotAnswered from None

    @property
    def width(self) -> int:
        """Columns of the terminal; what goes elsewhere is wrapped the same everywhere."""
        return shutil.get_terminal_size().columns if sys.stdout.isatty() else 100

    def warn(self, workspace: Workspace) -> None:
        """Show a project's warnings on stderr; with errors among its problems, they are shown with those."""
        if workspace.warnings and not workspace.problems.errors:
            from seedgen.views.diagnostics import diagnostics_text

            sys.stderr.write(diagnostics_text(workspace.warnings, workspace.project.root, self.paint) + "\n")
