"""seedgen: Terraform for AI video.

::

    import seedgen

    with seedgen.load("my-film", profile="draft") as project:
        plan = project.plan(select=["tag:hero"])
        print(plan.cost, [str(change.action) for change in plan.changes])
        outcome = project.apply(plan, on_event=print)

The command line does the same with the same parts. What is not named in `__all__` may change.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seedgen.app.api import Project
    from seedgen.errors import ProjectError, SeedgenError, StalePlan, UsageError
    from seedgen.execution.outcome import Failure, Outcome
    from seedgen.planning.lock import Lock, Take
    from seedgen.planning.plan import Action, Change, Plan, Reason, ReasonKind
    from seedgen.ports import events

__version__ = "0.1.0"

__all__ = [
    "Action",
    "Change",
    "Failure",
    "Lock",
    "Outcome",
    "Plan",
    "Project",
    "ProjectError",
    "Reason",
    "ReasonKind",
    "SeedgenError",
    "StalePlan",
    "Take",
    "UsageError",
    "__version__",
    "events",
    "load",
]

_HOMES = {
    "seedgen.app.api": ("Project",),
    "seedgen.errors": ("ProjectError", "SeedgenError", "StalePlan", "UsageError"),
    "seedgen.execution.outcome": ("Failure", "Outcome"),
    "seedgen.planning.lock": ("Lock", "Take"),
    "seedgen.planning.plan": ("Action", "Change", "Plan", "Reason", "ReasonKind"),
    "seedgen.ports": ("events",),
}


def load(
    path: str | os.PathLike[str] = ".",
    *,
    profile: str | None = None,
    variables: Mapping[str, Any] | None = None,
    cache_dir: str | os.PathLike[str] | None = None,
    allow_outside: bool = False,
    environment: Mapping[str, str] | None = None,
) -> Project:
    """Open the project in a folder, as it is now.

    `variables` are values, as `--var` gives them. `cache_dir` is a cache to share, in place of the project's
    own. `allow_outside` lets references lie outside the folder. Keys, base URLs, `SEEDGEN_FFMPEG` and `PATH`
    are looked up in `environment`, by default the process's. Raises ProjectError where there is no project;
    what is wrong with one is in its `diagnostics`, and raised when it is planned.
    """
    from seedgen.app.api import open_project  # noqa: PLC0415  importing seedgen costs nothing

    around = os.environ if environment is None else environment
    return open_project(
        path,
        around,
        profile=profile,
        variables=variables or {},
        cache_dir=cache_dir,
        allow_outside=allow_outside,
    )


def __getattr__(name: str) -> Any:
    """Import what is asked for, when it is asked for: `import seedgen` alone costs nothing."""
    for module, names in _HOMES.items():
        if name in names:
            found = (
                import_module(f"{module}.{name}")
                if name == "events"
                else getattr(import_module(module), name)
            )
            globals()[name] = found
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
