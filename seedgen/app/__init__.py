"""App: the one place that wires parts together. A project opened, its reels and jobs, what is done to it."""

from seedgen.app.kept import Settings
from seedgen.app.workspace import Workspace

__all__ = ["Settings", "Workspace"]
