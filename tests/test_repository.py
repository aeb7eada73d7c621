"""In a repository: the hooks are what pre-commit takes, and the workflow types what can be typed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest
import yaml

from seedgen.cli.main import command_line
from tests.test_docs import check_command

if TYPE_CHECKING:
    from tests.film import Film

ROOT = Path(__file__).parent.parent
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
WORKFLOW: dict[Any, Any] = yaml.safe_load((ROOT / "docs/ci/seedgen-plan.yml").read_text(encoding="utf-8"))

HOOK_FIELDS: dict[str, type] = {
    "id": str,
    "name": str,
    "description": str,
    "entry": str,
    "args": list,
    "language": str,
    "files": str,
    "pass_filenames": bool,
    "require_serial": bool,
    "minimum_pre_commit_version": str,
}
"""Those of https://pre-commit.com/#creating-new-hooks that are used here, with their types."""

RUNS = [
    (f"{job}: {step['name']}", step["run"])
    for job, content in WORKFLOW["jobs"].items()
    for step in content["steps"]
    if "run" in step
]
TYPED = [
    (name, found[0].strip())
    for name, text in RUNS
    for line in re.split(r"\n|&&|;", text)
    if (found := re.findall(r"^\s*(seedgen [^>|]*)", line))
]


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_is_what_pre_commit_takes(hook: dict[str, Any]) -> None:
    """Known fields of their types; what has to be there is; and it runs a command that there is."""
    assert {name: type(value) for name, value in hook.items()} == {name: HOOK_FIELDS[name] for name in hook}
    assert {"id", "name", "entry", "language"} <= hook.keys()
    assert hook["language"] == "python"
    assert (
        hook["entry"]
        in (ROOT / "pyproject.toml").read_text(encoding="utf-8").partition("[project.scripts]")[2]
    )
    re.compile(hook.get("files", ""))
    name = hook["args"][0]
    if name == "fmt" and name not in command_line.list_commands(click.Context(command_line)):
        pytest.skip("there is no fmt yet")
    check_command(f"{hook['entry']} {' '.join(hook['args'])}")


def test_the_hooks_are_those_of_the_docs() -> None:
    """Both, by the ids that people write."""
    assert [hook["id"] for hook in HOOKS] == ["seedgen-validate", "seedgen-fmt"]
    page = (ROOT / "docs/repository.md").read_text(encoding="utf-8")
    (config,) = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    (repo,) = yaml.safe_load(config)["repos"]
    assert [hook["id"] for hook in repo["hooks"]] == [hook["id"] for hook in HOOKS]
    assert {"repo", "rev"} <= repo.keys()


@pytest.mark.parametrize(("name", "line"), TYPED)
def test_what_the_workflow_types_can_be_typed(name: str, line: str) -> None:
    """Command and options are known."""
    check_command(line)


def test_the_workflow_is_whole() -> None:
    """It plans and shows before it applies; keys reach the apply alone; nothing a stranger wrote is shell."""
    assert [line.split()[1] for _, line in TYPED] == ["validate", "plan", "show", "apply"]
    text = (ROOT / "docs/ci/seedgen-plan.yml").read_text(encoding="utf-8")
    assert set(WORKFLOW) == {"name", True, "permissions", "env", "jobs"}, "`on` is a truth value to YAML 1.1"
    assert WORKFLOW["permissions"] == {}
    secrets = [step for job in WORKFLOW["jobs"].values() for step in job["steps"] if "secrets." in str(step)]
    assert [step["name"] for step in secrets] == ["Apply"]
    assert all("${{" not in run for _, run in RUNS)
    assert text.count("head.repo.full_name == github.repository") == len(WORKFLOW["jobs"])


def test_the_workflow_works(film: Film) -> None:
    """Its commands, as they stand, one after the other in a project: plan, show, apply, and a commit."""
    folder = str(Path(sys.executable).parent)
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "NUMBER": "7"}
    environment = {**os.environ, **quiet, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}

    def run(text: str) -> str:
        shell = ["bash", "-e", "-o", "pipefail", "-c", text]
        ran = subprocess.run(
            shell, cwd=film.root, env=environment, capture_output=True, text=True, check=False, timeout=120
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    film.write({".gitignore": ".seedgen/\nbuild/\nout/\n"})
    me = "git -c user.name=nobody -c user.email=nobody@example.com"
    run(f"git init --quiet && git add --all && {me} commit --quiet --message begun")
    by_name = dict(RUNS)
    for name in ("plan: Validate", "plan: Plan", "apply: Show", "apply: Apply"):
        run(by_name[name])
    assert "3 to generate" in (film.root / "out" / "plan.md").read_text()
    assert film.actions() == {}
    run(by_name["apply: Commit the lock"].replace("git push", "true"))
    assert run("git log -1 --format=%s").strip() == "Apply the plan of #7"
    assert run("git status --porcelain") == ""
