"""The examples, the starter and the shipped templates are sound under every profile they declare."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml

from seedgen.app import Settings, Workspace
from seedgen.media.starter_picture import draw_cup
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
    """Every shot of a fresh example is to be generated, for every profile, with nothing to complain about."""
    workspace = Workspace(Settings(root=copied(folder, tmp_path), profile=profile))
    assert workspace.diagnostics == []
    actions = {change.action.value for change in workspace.plan().takes}
    assert actions in ({"generate"}, {"blocked"})


def test_the_sneaker_film_has_its_seven_shots_in_order() -> None:
    """The product film: seven shots, 16:9, one reference set, one template."""
    workspace = Workspace(Settings(root=EXAMPLES[[e.name for e in EXAMPLES].index("sneaker")]))
    assert [shot.id for shot in workspace.shots] == ["010", "020", "030", "040", "050", "060", "070"]
    assert {shot.template for shot in workspace.shots} == {"product.j2"}
    assert {shot.references for shot in workspace.shots} == {("sneaker",)}
    assert {shot.request.parameters["aspect_ratio"] for shot in workspace.resolved} == {"16:9"}


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


@pytest.mark.parametrize("template", sorted((ROOT / "templates").glob("*.j2")), ids=lambda path: path.stem)
def test_a_shipped_template_documents_its_needed_vars(template: Path, tmp_path: Path) -> None:
    """With nothing but the vars that its opening comment calls needed, a template renders one paragraph."""
    comment = template.read_text(encoding="utf-8").split("-#}")[0]
    needed = re.findall(
        r"^  (?:needed   )? {1,12}([a-z_]+) ", comment.split("optional")[0].split("needed")[1], re.MULTILINE
    )
    needed = needed or [comment.split("needed")[1].split()[0]]
    values = "".join(f"      {name}: {'cup' if name.endswith('set') else 'a thing'}\n" for name in needed)
    draw_cup(tmp_path / "cup.png")
    (tmp_path / "seedgen.yaml").write_text(
        "seedgen: 1\nname: t\nreference_sets: {cup: {images: [cup.png]}}\nshots:\n"
        f"  - id: a\n    template: seedgen/{template.name}\n    references: [cup]\n    vars:\n{values}"
    )
    workspace = Workspace(Settings(root=tmp_path))
    workspace.require_sound()
    prompt = workspace.resolved[0].request.prompt
    assert "\n" not in prompt
    assert "  " not in prompt
