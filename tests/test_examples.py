"""The examples and the starter are sound under every profile they declare, and make their reels."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import av
import pytest
import yaml
from click.testing import CliRunner

from seedgen.app import Settings, Workspace
from seedgen.cli.main import command_line
from seedgen.errors import UsageError
from seedgen.media.starter_picture import draw_cup
from seedgen.planning.plan import Reason, ReasonKind
from seedgen.store.starter import write_starter

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/seedgen.yaml"))
RUNS = [
    (folder, profile)
    for folder in EXAMPLES
    for profile in [None, *yaml.safe_load((folder / "seedgen.yaml").read_text())["profiles"]]
]


def copied(folder: Path, to: Path) -> Path:
    """An example without what an apply has left in it."""
    return shutil.copytree(
        folder, to / folder.name, ignore=shutil.ignore_patterns("build", ".seedgen", "*.lock")
    )


@pytest.mark.parametrize(("folder", "profile"), RUNS, ids=lambda value: getattr(value, "name", str(value)))
def test_an_example_plans_without_a_warning(folder: Path, profile: str | None, tmp_path: Path) -> None:
    """All of a fresh example is to be generated, for every profile, with nothing to complain about.

    Only the versions of the advertisement share a shot, which is generated once.
    """
    workspace = Workspace(Settings(root=copied(folder, tmp_path), profile=profile))
    assert workspace.diagnostics == []
    shared = [Reason(ReasonKind.SAME_REQUEST, "020-relief")] if folder.name == "versions" else []
    changes = workspace.plan().takes
    assert [reason for change in changes for reason in change.reasons] == shared
    actions = {change.action.value for change in changes if not change.reasons}
    assert actions in ({"generate"}, {"blocked"})


FRAMES = {
    "campaign": {"wide": 25 * 24, "tall": 25 * 30, "german": (25 + 2) * 25 - 5 * 12},
    "moodboard": {"main": (20 + 2 * 2) * 24 - 5 * 18 - 24, "tall": 20 * 24 - 4 * 12},
    "presenter": {"main": 23 * 24, "teaser": 12 * 24},
    "restyle": {"main": 12 * 24 - 2 * 24},
    "short": {"main": (24 + 3 + 2) * 24 - 1 - 2 * 24},
    "sneaker": {"main": 36 * 24},
    "versions": {"relief": (11 + 2) * 30 - 20, "glow": (11 + 2) * 30 - 3 * 15, "hooks": (8 + 2) * 30},
}
"""Of each reel: seconds of clips and cards by the reel's rate, less what cuts and transitions take."""
QUICK = {"restyle", "versions"}


@pytest.mark.parametrize(
    "folder",
    [pytest.param(e, marks=() if e.name in QUICK else pytest.mark.soak, id=e.name) for e in EXAMPLES],
)
def test_an_example_applies_and_its_reels_are_whole(folder: Path, tmp_path: Path) -> None:
    """Every reel has the frames of its cut and a sound track, and nothing is left to plan."""
    example = copied(folder, tmp_path)
    said = CliRunner().invoke(command_line, ["-C", str(example), "apply", "--auto-approve"])
    assert said.exit_code == 0, said.output
    reels = Workspace(Settings(root=example)).project.spec.reels
    assert {name: frames_of(example / "build" / f"{name}.mp4") for name in reels} == FRAMES[folder.name]
    planned = CliRunner().invoke(command_line, ["-C", str(example), "plan", "--detailed-exitcode"])
    assert planned.exit_code == 0, planned.output


def frames_of(reel: Path) -> int:
    """Pictures that can be decoded; there is sound beside them."""
    with av.open(str(reel)) as container:
        assert container.streams.audio
        return sum(1 for _ in container.decode(video=0))


def test_the_sneaker_film_has_its_seven_shots_in_order() -> None:
    """The product film: seven shots, 16:9, one reference set, one template."""
    workspace = Workspace(Settings(root=EXAMPLES[[e.name for e in EXAMPLES].index("sneaker")]))
    assert [shot.id for shot in workspace.shots] == ["010", "020", "030", "040", "050", "060", "070"]
    assert {shot.template for shot in workspace.shots} == {"product.j2"}
    assert {shot.references for shot in workspace.shots} == {("sneaker",)}
    assert {shot.request.parameters["aspect_ratio"] for shot in workspace.resolved} == {"16:9"}


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_an_example_keeps_out_of_git_what_a_new_project_does(folder: Path, tmp_path: Path) -> None:
    """Whoever copies one as a project of their own commits no cache, no outputs and no keys."""
    write_starter(tmp_path)
    assert (folder / ".gitignore").read_text() == (tmp_path / ".gitignore").read_text()


def test_the_next_command_after_init_can_be_typed_as_it_is_told(tmp_path: Path) -> None:
    """A folder with spaces in its name is in quotes."""
    said = CliRunner().invoke(command_line, ["init", str(tmp_path / "My Film 2")])
    told = next(line for line in said.output.splitlines() if line.startswith("Next:"))
    assert shlex.split(told)[:5] == ["Next:", "seedgen", "-C", str(tmp_path / "My Film 2"), "plan"]


def test_the_starter_plans_without_a_warning(tmp_path: Path) -> None:
    """What init writes is sound under every profile, and its four shots come out of three entries."""
    write_starter(tmp_path)
    draw_cup(tmp_path / "refs" / "cup.png")
    for profile in (None, "draft", "final"):
        workspace = Workspace(Settings(root=tmp_path, profile=profile))
        assert workspace.diagnostics == []
        assert [shot.id for shot in workspace.shots] == ["010", "020", "030-en", "030-de"]


def test_starting_twice_overwrites_nothing(tmp_path: Path) -> None:
    """A file that is there keeps its words, and .gitignore only gains lines."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "closeup.j2").write_text("mine")
    (tmp_path / ".gitignore").write_text("*.psd")
    written = write_starter(tmp_path)
    assert "templates/closeup.j2" not in written
    assert (tmp_path / "templates" / "closeup.j2").read_text() == "mine"
    assert (tmp_path / ".gitignore").read_text().startswith("*.psd\n")
    assert ".seedgen/" in (tmp_path / ".gitignore").read_text().splitlines()


def test_a_project_that_is_there_gains_what_its_gitignore_lacks(tmp_path: Path) -> None:
    """Nothing else is written; when nothing is missing that is said, and is an error."""
    (tmp_path / "seedgen.yaml").write_text("seedgen: 1\n")
    (tmp_path / ".gitignore").write_text("build/\n")
    said = CliRunner().invoke(command_line, ["init", str(tmp_path)], standalone_mode=False)
    assert said.output == "  + .gitignore\n\nseedgen.yaml is there already, and was left as it is.\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == [".gitignore", "seedgen.yaml"]
    lines = (tmp_path / ".gitignore").read_text().splitlines()
    assert [line for line in lines if not line.startswith("#")] == ["build/", ".seedgen/", ".env"]
    assert len(lines) == 5, "a remark on what is there already would stand alone"
    with pytest.raises(UsageError, match="is there already"):
        write_starter(tmp_path)
