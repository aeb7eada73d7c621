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

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seedgen.app.api import Project, load
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
    "seedgen.app.api": ("Project", "load"),
    "seedgen.errors": ("ProjectError", "SeedgenError", "StalePlan", "UsageError"),
    "seedgen.execution.outcome": ("Failure", "Outcome"),
    "seedgen.planning.lock": ("Lock", "Take"),
    "seedgen.planning.plan": ("Action", "Change", "Plan", "Reason", "ReasonKind"),
    "seedgen.ports": ("events",),
}


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
