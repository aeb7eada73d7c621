"""The same amount of work in the peers' own words: one resource, or one stage, per shot.

The peers get the easier half: neither is asked for templates or for picture files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.measure import Command, run_once

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.peers import Peer

TERRAFORM_PLAN = ("plan", "-input=false", "-no-color", "-detailed-exitcode")
CHANGES = 2


def write_terraform(root: Path, peer: Peer, resources: int) -> None:
    """A module of `terraform_data` with the text a shot has, initialised; nothing applied yet."""
    root.mkdir(parents=True)
    blocks = [
        f'resource "terraform_data" "s{number:05}" {{\n'
        f'  input = {{ product = "set-{number % 100:03}", angle = "angle number {number}", duration = 6 }}\n'
        f"}}\n"
        for number in range(resources)
    ]
    (root / "main.tf").write_text("\n".join(blocks), encoding="utf-8")
    _run(root, peer, "init", "-input=false")


def apply_terraform(root: Path, peer: Peer) -> None:
    """Bring a module's state up to date, so that a plan has nothing to do."""
    _run(root, peer, "apply", "-input=false", "-auto-approve")


def terraform_plan(root: Path, peer: Peer, name: str, *, changes: bool) -> Command:
    """`terraform plan`, which fails the benchmark unless it finds changes or none, as told."""
    argv = (peer.program, *TERRAFORM_PLAN)
    return Command(name, argv, root, peer.environment, code=CHANGES if changes else 0)


def write_dvc(root: Path, peer: Peer, stages: int) -> None:
    """A pipeline of stages that copy a file, recorded as if it had run."""
    root.mkdir(parents=True)
    lines = ["stages:"]
    for number in range(stages):
        for side in ("in", "out"):
            (root / f"{side}{number:05}").write_text(str(number), encoding="utf-8")
        lines.append(f"  s{number:05}: {{cmd: cp in{number:05} out{number:05},")
        lines.append(f"    deps: [in{number:05}], outs: [out{number:05}]}}")
    (root / "dvc.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    _run(root, peer, "init", "--no-scm", "--quiet")
    _run(root, peer, "commit", "--force", "--quiet")


def dvc_status(root: Path, peer: Peer, name: str) -> Command:
    """`dvc status`, which fails the benchmark unless everything is up to date."""
    return Command(name, (peer.program, "status", "--quiet"), root, peer.environment)


def _run(root: Path, peer: Peer, *arguments: str) -> None:
    run_once(Command(f"{peer.name} {arguments[0]}", (peer.program, *arguments), root, peer.environment))
