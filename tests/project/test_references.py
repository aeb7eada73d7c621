"""References: files inside the project, of the kind they stand under, and nothing that a link or a path
could reach beyond it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from seedgen.digest import digest_file
from seedgen.project.diagnostics import Problems
from seedgen.project.files import PathProblem, inside
from seedgen.project.loader import load_project
from seedgen.project.survey import Library, survey
from tests.fakes import FakeProbe
from tests.project.workspaces import errors, picture, workspace, write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A project beside a secret, with links of every kind."""
    write(tmp_path, {"secret.png": "s", "film/refs/front.png": "f", "film/refs/Back.JPG": "b"})
    root = tmp_path / "film"
    links = {
        "refs/in.png": root / "refs/front.png",
        "refs/out.png": tmp_path / "secret.png",
        "outdir": tmp_path,
        "refs/loop.png": root / "refs/loop.png",
        "refs/nowhere.png": root / "gone.png",
    }
    for name, target in links.items():
        (root / name).symlink_to(target)
    os.mkfifo(root / "refs/pipe.png")
    return root.resolve()


@pytest.mark.parametrize(
    "written",
    [
        "refs/front.png",
        "./refs/../refs/front.png",
        "refs//front.png",
        "refs/in.png",
        "../film/refs/front.png",
    ],
)
def test_a_file_of_the_project_is_found_however_it_is_written(film: Path, written: str) -> None:
    """The real path comes back, so that one file is one file."""
    assert inside(film, written) == film / "refs/front.png"


@pytest.mark.parametrize(
    ("written", "summary"),
    [
        ("../secret.png", "path outside the project"),
        ("refs/../../secret.png", "path outside the project"),
        ("/etc/hostname", "path outside the project"),
        ("../no such file", "path outside the project"),
        ("refs/out.png", "path outside the project"),
        ("outdir/secret.png", "path outside the project"),
        ("refs/lost.png", "file not found"),
        ("refs/nowhere.png", "file not found"),
        ("refs/front.png/x", "file not readable"),
        ("refs/loop.png", "file not readable"),
        ("refs/" + "x" * 300 + ".png", "file not readable"),
        ("refs", "not a file"),
        ("", "not a file"),
        (".", "not a file"),
        ("refs/pipe.png", "not a file"),
        ("refs/fr\nont.png", "path not allowed"),
        ("refs/front.png\0", "path not allowed"),
        ("\x1b[2J", "path not allowed"),
        ("\x7f", "path not allowed"),
        ("refs/" * 500 + "front.png", "path not allowed"),
    ],
)
def test_any_other_path_is_refused_with_a_remedy(film: Path, written: str, summary: str) -> None:
    """Upwards, absolute, through a link, missing, not a regular file, or not to be shown on a terminal."""
    problem = inside(film, written)
    assert isinstance(problem, PathProblem)
    assert problem.summary == summary
    assert problem.detail


def test_the_near_name_of_a_missing_file_is_offered(film: Path) -> None:
    """Another case, another ending or another letter is the usual slip."""
    for written in ("refs/front.webp", "refs/FRONT.png", "refs/frnt.png"):
        problem = inside(film, written)
        assert isinstance(problem, PathProblem)
        assert "Did you mean 'refs/front.png'?" in problem.detail


@pytest.mark.parametrize(
    ("there", "offered"),
    [
        (("boat.jpg", "boat2.png"), "boat2.png"),
        (("boat3.jpg", "boat2.png"), "boat3.jpg"),
        (("boat.jpg", "quay.png"), "boat.jpg"),
    ],
)
def test_a_near_name_with_the_same_ending_is_preferred(
    there: tuple[str, ...], offered: str, tmp_path: Path
) -> None:
    """Unless the very name is there with another ending."""
    write(tmp_path, dict.fromkeys(there, ""))
    problem = inside(tmp_path.resolve(), "boat3.png")
    assert isinstance(problem, PathProblem)
    assert f"Did you mean {offered!r}?" in problem.detail


def test_outside_can_be_allowed_from_the_command_line(film: Path, tmp_path: Path) -> None:
    """Then upwards, absolute paths and links are fine; what is no file is still none."""
    secret = tmp_path.resolve() / "secret.png"
    for written in ("../secret.png", str(secret), "refs/out.png", "outdir/secret.png"):
        assert inside(film, written, allow_outside=True) == secret
    for written in ("..", "/", "../lost.png", "refs/loop.png", "a\tb"):
        assert isinstance(inside(film, written, allow_outside=True), PathProblem)


def test_allow_outside_reaches_the_references(tmp_path: Path) -> None:
    """The setting lifts the refusal, and the digest is that of the file outside."""
    picture(tmp_path / "shared.png")
    root = tmp_path / "film"
    project = """\
reference_sets: {s: {images: [../shared.png]}}
shots:
  - {id: a, prompt: "{{ ref('s') }}", references: [s]}
"""
    refused = workspace(root, project)
    assert [(d.summary, d.address) for d in errors(refused)] == [
        ("path outside the project", "reference_sets.s.images.0")
    ]
    assert "--allow-outside" in errors(refused)[0].detail
    (shot,) = workspace(root, project, allow_outside=True).resolved
    assert shot.request.references[0].id == f"sha256:{digest_file(tmp_path / 'shared.png')}"


# -- the survey ------------------------------------------------------------------------------------


def surveyed(root: Path, sets: str, files: dict[str, str]) -> tuple[Library, Problems]:
    """The references of a project, and what is wrong with them."""
    write(root, {"seedgen.yaml": f"seedgen: 1\nname: film\nreference_sets:\n{sets}", **files})
    problems = Problems()
    project = load_project(root, problems)
    assert project is not None
    return survey(project, FakeProbe().identify, problems), problems


def test_references_are_known_by_content_in_declared_order(tmp_path: Path) -> None:
    """Images, then videos, then audios, each with its digest; a URL by its digest or else by its address."""
    library, problems = surveyed(
        tmp_path,
        f"""\
  all:
    audios: [a.wav]
    videos: [{{url: "https://example.com/v.mp4", sha256: {"0" * 64}}}, "https://example.com/w.mp4"]
    images: [{{path: b.png, face: true}}, a.png]
""",
        {"a.png": "A", "b.png": "B", "a.wav": "C"},
    )
    assert list(problems) == []
    assert [(r.type, r.face, r.id) for r in library.sets["all"]] == [
        ("image", True, f"sha256:{digest_file(tmp_path / 'b.png')}"),
        ("image", False, f"sha256:{digest_file(tmp_path / 'a.png')}"),
        ("video", False, "sha256:" + "0" * 64),
        ("video", False, "url:https://example.com/w.mp4"),
        ("audio", False, f"sha256:{digest_file(tmp_path / 'a.wav')}"),
    ]


def test_a_file_of_another_kind_is_an_error_at_its_place(tmp_path: Path) -> None:
    """What a file is decides, not the list it stands in; its set is known to be broken, others are not."""
    library, problems = surveyed(
        tmp_path,
        "  bad: {images: [ok.png, s.wav]}\n  good: {images: [ok.png]}\n",
        {"ok.png": "A", "s.wav": "B"},
    )
    assert [(p.summary, p.address) for p in problems] == [("not an image", "reference_sets.bad.images.1")]
    assert library.broken == {"bad"}


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{}", "Give either a path or a url."),
        ('{path: a.png, url: "https://example.com/a.png"}', "Give either a path or a url."),
        ('{url: "file:///etc/passwd"}', "A url starts with https://."),
        ('{url: "ftp://example.com/a.png"}', "A url starts with https://."),
        (f"{{path: a.png, sha256: {'0' * 64}}}", "Sha256 goes with a url; a file's digest is computed."),
    ],
)
def test_a_reference_has_one_source(tmp_path: Path, entry: str, said: str) -> None:
    """A file or an address, and an address that a provider can fetch."""
    opened = workspace(tmp_path, f"reference_sets: {{s: {{images: [{entry}]}}}}\n")
    assert [(d.summary, d.detail) for d in errors(opened)] == [("does not fit", said)]
