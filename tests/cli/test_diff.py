"""`seedgen diff`: the project and its lock at two revisions of a real repository."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from seedgen.digest import digest_file
from tests.cli.test_documents import valid
from tests.film import Film, new_film
from tests.media.clips import make, picture
from tests.store.repositories import Checkout, new_repository

if TYPE_CHECKING:
    from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(autouse=True)
def ceiling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No repository above the test's folder is found."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """The film in a folder of a repository, committed as `v1` without any clip."""
    made = new_repository(tmp_path / "repository")
    (made.root / "film").mkdir()
    new_film(made.root / "film").write({".gitignore": ".seedgen/\nbuild/\n"})
    made.commit("v1")
    return made


@pytest.fixture
def film(checkout: Checkout) -> Film:
    """That film."""
    return Film(checkout.root / "film")


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """Half a second of white, of black, and of grey."""
    folder = tmp_path_factory.mktemp("clips")
    looks = {"white": "", "black": "null", "grey": "lutyuv=y=128"}
    return tuple(
        make(folder / f"{name}.mp4", *picture(look), "-pix_fmt", "yuv420p") for name, look in looks.items()
    )


def diff(film: Film, *arguments: str, before: tuple[str, ...] = ()) -> dict[str, Any]:
    """The document of `diff --json`, which follows its schema."""
    ran = film.run(*before, "diff", "--json", *arguments)
    assert ran.code == 0, ran.err
    document: dict[str, Any] = json.loads(ran.out)
    valid("diff", document)
    return document


def actions(film: Film, *arguments: str, before: tuple[str, ...] = ()) -> dict[str, str]:
    """What differs, by shot."""
    return {c["shot"]: c["action"] for c in diff(film, *arguments, before=before)["changes"]}


def test_an_edit_is_shown_word_by_word(film: Film, checkout: Checkout) -> None:
    """Against the project as it is now, whether it is committed or not; in the other direction, reversed."""
    film.edit("bare", "tall")
    ran = film.run("diff", "v1")
    assert (ran.code, ran.err) == (0, "")
    assert "  ~ s2  changed  because of the prompt\n" in ran.out
    assert "stands [-bare-]{+tall+}." in ran.out
    assert "Diff: 0 added, 0 removed, 1 changed; 2 unchanged.\n" in ran.out
    checkout.commit("v2")
    assert film.run("diff", "v1").out == ran.out
    assert "stands [-tall-]{+bare+}." in film.run("diff", "v2", "v1").out


def test_nothing_differs(film: Film) -> None:
    """One line; the exit code is 0 either way."""
    ran = film.run("diff", "HEAD")
    assert (ran.code, ran.out, ran.err) == (0, "No differences.\n", "")


def test_shots_that_come_go_and_change_their_name(film: Film, checkout: Checkout) -> None:
    """The document says so, with both commits."""
    film.edit("id: s1", "id: opening")
    film.edit("reels:\n", "  - {id: s4, prompt: A cellar.}\nreels:\n")
    shot = film.yaml[film.yaml.index("  - id: s3") : film.yaml.index("  - {id: s4")]
    film.edit(shot, "")
    commit = checkout.commit("v2")
    document = diff(film, "v1", "v2")
    assert [(c["shot"], c["action"], c.get("from")) for c in document["changes"]] == [
        ("opening", "renamed", "s1"),
        ("s4", "added", None),
        ("s3", "removed", None),
    ]
    assert document["to"] == {"rev": "v2", "commit": commit}
    assert document["project"] == "film"


def test_templates_references_and_included_files_are_those_of_their_time(
    film: Film, checkout: Checkout
) -> None:
    """What is not in seedgen.yaml itself makes a request all the same."""
    film.edit("reels:\n", "  - {id: s4, template: cellar.j2}\ninclude: [scenes/*.yaml]\nreels:\n")
    film.write(
        {"templates/cellar.j2": "A dark cellar.", "scenes/a.yaml": "shots: [{id: s5, prompt: An attic.}]"}
    )
    checkout.commit("v2")
    film.write(
        {"templates/cellar.j2": "A lit cellar.", "scenes/a.yaml": "shots: [{id: s5, prompt: A tower.}]"}
    )
    shutil.copyfile(film.root / "refs/wall.png", film.root / "refs/door.png")
    changes = {c["shot"]: c for c in diff(film, "v2")["changes"]}
    assert {shot: change["reasons"] for shot, change in changes.items()} == {
        "s1": ["reference:door"],
        "s4": ["prompt"],
        "s5": ["prompt"],
    }


def test_another_clip_for_the_same_request(film: Film, checkout: Checkout, clips: tuple[Path, ...]) -> None:
    """The lock is part of a revision: first no clip, then one, then another."""
    white, black, _ = clips
    assert film.run("import", "s1", str(white)).code == 0
    checkout.commit("v2")
    assert film.run("import", "s1", str(black), "--replace").code == 0
    (change,) = diff(film, "v1", "v2")["changes"]
    assert (change["action"], change["reasons"]) == ("clip", ["first_clip", "imported"])
    (change,) = diff(film, "v2")["changes"]
    assert (change["action"], change["reasons"]) == ("clip", ["clip", "imported"])
    assert change["before"]["digest"] == digest_file(white)
    assert change["after"]["digest"] == digest_file(black)


def test_profile_and_variables_hold_on_both_sides(film: Film) -> None:
    """An edit that a profile hides is no difference under it."""
    film.edit("duration: 1,", "duration: 3,")
    assert set(actions(film, "v1").values()) == {"changed"}
    assert actions(film, "v1", before=("--profile", "long")) == {}
    film.edit("vars: {colour: red}", "vars: {colour: blue}")
    assert "the prompt" in film.run("diff", "v1").out
    assert "the prompt" not in film.run("--var", "colour=green", "diff", "v1").out


def test_the_project_may_be_the_whole_repository(tmp_path: Path) -> None:
    """Its folder is then the top."""
    checkout = new_repository(tmp_path / "film")
    film = new_film(checkout.root)
    checkout.commit("v1")
    film.edit("bare", "tall")
    assert actions(film, "v1") == {"s2": "changed"}


# -- what can be wrong -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "revision", ["--output=stolen", "HEAD;rm -r .", "$(touch stolen)", "nobody", "v1..v1"]
)
def test_a_hostile_revision_is_only_unknown(film: Film, checkout: Checkout, revision: str) -> None:
    """On either side; nothing is written and nothing is run."""
    before = checkout.state()
    for pair in ((revision,), ("v1", revision)):
        ran = film.run("diff", "--", *pair)
        assert (ran.code, ran.out) == (1, "")
        assert f"no revision '{revision}'" in ran.err
    assert checkout.state() == before


def test_an_option_is_not_a_revision(film: Film) -> None:
    """Without `--` before it, an unknown option is one."""
    ran = film.run("diff", "--output=stolen")
    assert ran.code == 1
    assert "No such option" in ran.err


def test_a_mistake_in_an_old_revision_names_it(film: Film, checkout: Checkout) -> None:
    """With file, line and column as git names the file; what is there now is not in question."""
    good = film.yaml
    film.edit("duration: 1,", "duration: 99,")
    film.edit("- id: s3", "- id: s3\n    promt: x")
    checkout.commit("broken")
    film.write({"seedgen.yaml": good})
    ran = film.run("diff", "broken")
    assert (ran.code, ran.out) == (1, "")
    assert "broken:film/seedgen.yaml:" in ran.err
    assert "unknown key" in ran.err
    assert "Traceback" not in ran.err
    assert film.run("diff", "v1").code == 0


def test_text_that_is_no_yaml_and_a_lock_in_conflict(film: Film, checkout: Checkout) -> None:
    """Both are said to be those of the revision."""
    good = film.yaml
    film.write({"seedgen.yaml": "shots: [\n"})
    checkout.commit("torn")
    film.write({"seedgen.yaml": good, "seedgen.lock": "<<<<<<< ours\n"})
    checkout.commit("conflict")
    (film.root / "seedgen.lock").unlink()
    assert "torn:film/seedgen.yaml:" in film.run("diff", "torn").err
    ran = film.run("diff", "conflict")
    assert ran.code == 1
    assert "conflict: seedgen.lock has conflict markers" in ran.err


def test_a_broken_work_tree_does_not_matter_between_two_revisions(film: Film, checkout: Checkout) -> None:
    """It is not opened; against it, its own mistakes are shown as ever."""
    film.edit("bare", "tall")
    checkout.commit("v2")
    film.write({"seedgen.yaml": "shots: [\n"})
    assert actions(film, "v1", "v2") == {"s2": "changed"}
    ran = film.run("diff", "v1")
    assert ran.code == 1
    assert "seedgen.yaml:" in ran.err


def test_a_revision_without_the_project(film: Film, checkout: Checkout) -> None:
    """The message names both, and how to find one that has it."""
    shutil.move(film.root, checkout.root / "later")
    checkout.commit("v2")
    ran = Film(checkout.root / "later").run("diff", "v1")
    assert ran.code == 1
    assert "v1 has no later/seedgen.yaml" in ran.err
    assert "git log" in ran.err


def test_outside_a_repository_and_without_git(
    film: Film, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each says what is missing."""
    shutil.copytree(film.root, tmp_path / "copy")
    assert "not in a git repository" in Film(tmp_path / "copy").run("diff", "v1").err
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = film.run("diff", "v1")
    assert ran.code == 1
    assert "git was not found" in ran.err


# -- references --------------------------------------------------------------------------------------


def test_references_that_are_not_committed_are_taken_as_they_are(film: Film, checkout: Checkout) -> None:
    """As where pictures are ignored by git; a warning says so for each, on stderr and in JSON."""
    film.write({".gitignore": ".seedgen/\nbuild/\nrefs/\n"})
    checkout.git("rm", "-r", "--cached", "--quiet", "film/refs")
    checkout.commit("v2")
    film.edit("bare", "tall")
    ran = film.run("diff", "v2")
    assert ran.code == 0
    assert ran.err.count("Warning: file not in the revision") == 2
    assert "v2:film/seedgen.yaml:" in ran.err
    assert "1 changed; 2 unchanged" in ran.out
    notes = diff(film, "v2")["diagnostics"]
    assert [note["severity"] for note in notes] == ["warning"] * 2


def test_a_reference_that_is_nowhere_is_a_diagnostic(film: Film, checkout: Checkout) -> None:
    """The revision named it and never had it, and nor does the project now."""
    film.edit("refs/door.png", "refs/lost.png")
    checkout.commit("v2")
    film.edit("refs/lost.png", "refs/door.png")
    ran = film.run("diff", "v2")
    assert (ran.code, ran.out) == (1, "")
    assert "Error: file not found" in ran.err
    assert "v2:film/seedgen.yaml:" in ran.err


def test_a_reference_of_git_lfs_that_was_not_fetched(film: Film, checkout: Checkout) -> None:
    """One diagnostic with the command that brings it, and not that a pointer is no picture."""
    whole = (film.root / "refs/door.png").read_bytes()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 9\n"
    film.write({"refs/door.png": pointer})
    checkout.commit("v2")
    film.write({"refs/door.png": whole})
    ran = film.run("diff", "v2")
    assert (ran.code, ran.out) == (1, "")
    assert "git lfs fetch" in ran.err
    assert ran.err.count("Error:") == 1


def test_a_link_out_of_the_project_is_refused_as_in_a_plan(
    film: Film, checkout: Checkout, tmp_path: Path
) -> None:
    """An old revision of a stranger's project reads no more than it could today."""
    shutil.copyfile(film.root / "refs/wall.png", tmp_path / "secret.png")
    (film.root / "refs/door.png").unlink()
    (film.root / "refs/door.png").symlink_to(tmp_path / "secret.png")
    checkout.commit("v2")
    ran = film.run("diff", "v2", "v1")
    assert ran.code == 1
    assert "path outside the project" in ran.err


def test_pictures_of_a_revision_are_read_once(film: Film) -> None:
    """What was found out is kept by git's name for the bytes: another digest there is believed."""
    assert actions(film, "v1") == {}
    memory = film.root / ".seedgen" / "revisions.json"
    door = digest_file(film.root / "refs/door.png")
    text = memory.read_text()
    assert text.count(door) == 1
    memory.write_text(text.replace(door, "0" * 64))
    (change,) = diff(film, "v1")["changes"]
    assert change["reasons"] == ["reference:door"]
    memory.write_text("damaged")
    assert actions(film, "v1") == {}


# -- nothing is touched ------------------------------------------------------------------------------


def test_a_dirty_work_tree_stays_as_it_is(
    film: Film, checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Staged, changed, deleted and unknown files; the index to the byte; and no folder is left behind."""
    film.write({"notes.txt": "staged"})
    checkout.git("add", "film/notes.txt")
    film.edit("bare", "tall")
    film.write({"unknown.txt": "unknown"})
    (film.root / ".gitignore").write_text(".seedgen/\nbuild/\n*.tmp\n")
    before = checkout.state()
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    process = film.start("diff", "v1", "HEAD")
    assert process.communicate(timeout=60) == ("No differences.\n", "")
    assert actions(film, "v1") == {"s2": "changed"}
    assert checkout.state() == before
    assert list(scratch.iterdir()) == []


# -- the page ----------------------------------------------------------------------------------------


@pytest.fixture
def page(film: Film, checkout: Checkout, clips: tuple[Path, ...], tmp_path: Path) -> Path:
    """A page on which s1 has an old and a new clip, and the clip of s2 is lost."""
    white, black, grey = clips
    film.run("import", "s1", str(white))
    film.run("import", "s2", str(grey))
    checkout.commit("v2")
    film.object("s2").unlink()
    film.run("import", "s1", str(black), "--replace")
    film.edit("bare", "<i>tall</i>")
    page = tmp_path / "out" / "the review.html"
    ran = film.run("diff", "v2", "--html", str(page))
    beside = "the review_clips/ with the clips that it plays"
    assert (ran.code, ran.err) == (0, f"Wrote {page}, and beside it {beside}.\n")
    return page


def test_the_page_lies_beside_copies_of_the_clips(page: Path, clips: tuple[Path, ...]) -> None:
    """By digest; a clip that the cache has lost is said to be missing, and what an author wrote is text."""
    white, black, _ = clips
    copies = {path.name: path.read_bytes() for path in (page.parent / "the review_clips").iterdir()}
    assert copies == {f"{digest_file(clip)[:16]}.mp4": clip.read_bytes() for clip in (white, black)}
    text = page.read_text(encoding="utf-8")
    assert all(f'href="the%20review_clips/{name}"' in text for name in copies)
    assert text.count('src="data:image/jpeg;base64,') == 2
    assert text.count("Its clip is not in the cache") == 2
    assert "&lt;i&gt;" in text
    assert "<i>" not in text


def test_without_any_clip_there_is_a_page_and_nothing_beside_it(film: Film, tmp_path: Path) -> None:
    """Where requests differ and nothing was generated yet, or nothing differs at all."""
    page = tmp_path / "page.html"
    assert film.run("diff", "v1", "--html", str(page)).err == f"Wrote {page}.\n"
    assert "No differences." in page.read_text()
    film.edit("bare", "tall")
    assert film.run("diff", "v1", "--html", str(page)).code == 0
    assert "No clip yet" in page.read_text()
    assert not (tmp_path / "page_clips").exists()


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")
def test_old_and_new_play_together_in_a_browser(page: Path) -> None:
    """Under the page's own policy: the space bar starts both at once, and stops them again."""
    from playwright.sync_api import expect, sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = browser.new_page()
        said: list[str] = []
        tab.on("console", lambda message: said.append(message.text))
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.goto(page.as_uri())
        first = tab.locator("#shot-s1")
        playing = first.locator(".frame[data-play=playing] video")
        tab.keyboard.press("j")
        expect(first).to_be_focused()
        tab.keyboard.press(" ")
        expect(playing).to_have_count(2)
        times = "videos => videos.map(video => video.currentTime)"
        one, other = playing.evaluate_all(times)
        assert abs(one - other) < 0.2
        tab.keyboard.press(" ")
        expect(first.locator("video")).to_have_count(0)
        first.locator(".pair").hover()
        expect(playing).to_have_count(2)
        expect(tab.locator("#shot-s2 ins")).to_have_text("<i>tall</i>")
        browser.close()
    assert said == []
