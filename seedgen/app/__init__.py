"""App: the one place that wires parts together. A project opened, its reels, its jobs, what is done with it."""

from seedgen.app.opened import Settings
from seedgen.app.workspace import Workspace

__all__ = ["Settings", "Workspace"]
