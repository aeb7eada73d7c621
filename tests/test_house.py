"""The house: imports go down only, and every module says its one idea."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import seedgen

PACKAGE = Path(seedgen.__file__).parent
ROOT = PACKAGE.parent
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.stat().st_size)
"""Every module with something in it; an empty `__init__.py` has no idea of its own."""


def test_imports_go_down_only() -> None:
    """The contracts in pyproject.toml (DESIGN section 14) hold: rooms know what is below them, no more."""
    linter = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    run = subprocess.run(
        [sys.executable, "-c", linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert ", 0 broken" in run.stdout


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_module_says_its_idea(module: Path) -> None:
    """The docstring begins with one sentence of at most two lines."""
    docstring = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
    idea = docstring.partition("\n\n")[0]
    assert len(idea) > 10
    assert len(idea.splitlines()) <= 2


@pytest.mark.parametrize("room", ["project", "planning", "ports", "store", "execution", "reel", "media"])
def test_nothing_below_the_views_touches_the_terminal(room: str) -> None:
    """No print, no `sys.exit`, no `os.environ`: what a library room knows, it was told."""
    found = []
    for module in (PACKAGE / room).rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in {"print", "input"}
            ):
                found.append(f"{module.name}:{node.lineno} {node.func.id}")
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                name = f"{node.value.id}.{node.attr}"
                if name in {"sys.exit", "sys.stdout", "sys.stderr", "sys.argv", "os.environ", "os.getenv"}:
                    found.append(f"{module.name}:{node.lineno} {name}")
    assert found == []
