"""Saved plans on the command line: what may stand beside one, and the project that it is about."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from seedgen.cli.invocation import until_the_end
from seedgen.errors import SeedgenError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.app.saved import SavedApply
    from seedgen.cli.invocation import Invocation

_BEFORE = {"profile": "--profile", "variables": "--var", "var_files": "--var-file"}
_BESIDE = {"chosen": "--select", "excluded": "--exclude", "replaced": "--replace"}
_RULE = "A saved plan says what is done and under which profile: leave the option out, or plan anew with it."


def open_saved_plan(invocation: Invocation, file: Path) -> tuple[Invocation, SavedApply]:
    """A saved plan with its project opened, and the invocation as if its profile had been typed.

    Raises UsageError for options that the plan froze, PlanUnreadable, ProjectError.
    """
    from seedgen.app.saved import open_saved

    if not file.exists() and _selects(invocation, str(file)):
        remedy = f"`seedgen apply --select {shlex.quote(str(file))}` applies what it names."
        raise UsageError(
            f"no plan file {file}; shots are chosen with --select", remedy=invocation.typed(remedy)
        )
    context = click.get_current_context()
    root = context.find_root()
    for where, options in ((root, _BEFORE), (context, _BESIDE)):
        for name, option in options.items():
            if where.params.get(name) and where.get_parameter_source(name) is ParameterSource.COMMANDLINE:
                raise UsageError(f"{option} cannot be given with a saved plan", remedy=_RULE)
    saved = open_saved(invocation.settings, file)
    until_the_end(saved.workspace)
    profile = saved.saved.profile
    if invocation.profile is not None and invocation.profile != profile:
        made = f"under the profile {profile}" if profile else "without a profile"
        raise UsageError(
            f"{file.name} was made {made}; SEEDGEN_PROFILE says {invocation.profile}",
            remedy="Unset SEEDGEN_PROFILE, or plan anew under it.",
        )
    # What is said from here on names commands as they are typed under the plan's profile.
    root.obj = replace(invocation, profile=profile)
    return root.obj, saved


def _selects(invocation: Invocation, what: str) -> bool:
    """Whether what was given for a file names shots of the project."""
    try:
        return bool(invocation.open().select([what]))
    except SeedgenError:
        return False
