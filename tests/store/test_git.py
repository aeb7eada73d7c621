"""Git: what it was at a revision is read as it was, and nothing that is there now is touched."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest

from seedgen.digest import digest_bytes
from seedgen.errors import StoreError, UsageError
from seedgen.store.blob_memory import BlobMemory
from seedgen.store.blobs import Revision
from seedgen.store.git import Repository, find_repository, pointed_at
from seedgen.store.revision_files import Brought, RevisionFiles
from tests.planning.projects import write
from tests.store.repositories import Checkout, new_repository

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATH = os.environ["PATH"]
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 5\n"


@pytest.fixture(autouse=True)
def ceiling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No repository above the test's folder is found."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """Two commits of `film/`: `one` with a short text, `two` with a longer one. A file beside it."""
    made = new_repository(tmp_path / "repository")
    write(made.root, {"film/seedgen.yaml": "first", "beside.yaml": "beside"})
    made.commit("one")
    write(made.root, {"film/seedgen.yaml": "second text"})
    made.commit("two")
    return made


def repository(checkout: Checkout, folder: str = "film") -> Repository:
    """The repository as it is found from a folder of it."""
    return find_repository(checkout.root / folder, PATH)


def resolved(checkout: Checkout, name: str) -> Revision:
    """A revision by name."""
    with repository(checkout).blobs() as blobs:
        return blobs.revision(name)


# -- revisions ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["two", "main", "HEAD", "HEAD^{commit}", ":/two", "main@{0}"])
def test_whatever_git_calls_a_revision_is_one(checkout: Checkout, name: str) -> None:
    """Tags, branches and expressions; the commit is the same."""
    assert resolved(checkout, name) == Revision(name, checkout.git("rev-parse", "two").strip())


@pytest.mark.parametrize(
    "name",
    [
        "--output=stolen",
        "-p",
        "HEAD;touch stolen",
        "$(touch stolen)",
        "HEAD\ntwo",
        "nobody",
        "",
        " ",
        "one two",
        "HEAD:film/seedgen.yaml",
        "HEAD:film",
        "0" * 40,
        "x" * 100_000,
        "\x00",
        "\u202e",
    ],
    ids=ascii,
)
def test_what_is_no_revision_is_refused_and_does_nothing(checkout: Checkout, name: str) -> None:
    """It is no option, no command and no second question; what follows is answered as ever."""
    before = checkout.state()
    with repository(checkout).blobs() as blobs:
        with pytest.raises(UsageError, match="no revision"):
            blobs.revision(name)
        assert blobs.revision("one").name == "one"
    assert checkout.state() == before
    assert not list(checkout.root.rglob("stolen"))


def test_files_are_as_they_were(checkout: Checkout) -> None:
    """Whatever is in the work tree now; a file that the revision lacks is None."""
    write(checkout.root, {"film/seedgen.yaml": "not committed"})
    with repository(checkout).blobs() as blobs:
        one, two = blobs.revision("one"), blobs.revision("two")
        path = PurePosixPath("film/seedgen.yaml")
        assert blobs.read(one, path) == b"first"
        assert blobs.read(two, path) == b"second text"
        assert blobs.read(one, PurePosixPath("film/nothing")) is None
        assert blobs.read(one, PurePosixPath("film")) is None, "a folder is no file"
        assert blobs.read(one, path) == b"first", "the stream is in step still"


def test_only_the_folder_is_listed(checkout: Checkout) -> None:
    """With sizes, and with paths from the top; from the top itself, everything."""
    two = resolved(checkout, "two")
    assert [(str(file.path), file.size) for file in repository(checkout).files(two)] == [
        ("film/seedgen.yaml", 11)
    ]
    everything = repository(checkout, ".").files(two)
    assert {str(file.path) for file in everything} == {"film/seedgen.yaml", "beside.yaml"}


@pytest.mark.parametrize(
    "name", ["a b", "-n", "*", "[x]", ":(top)", "ä", '"quoted"', "tab\there", "line\nend"]
)
def test_odd_folder_names_are_just_names(checkout: Checkout, name: str) -> None:
    """Spaces, wildcards, options and pathspec magic mean nothing."""
    write(checkout.root, {f"{name}/seedgen.yaml": "odd"})
    checkout.commit("odd")
    found = repository(checkout, name)
    revision = resolved(checkout, "odd")
    assert [str(file.path) for file in found.files(revision)] == [f"{name}/seedgen.yaml"]


# -- what can be wrong -------------------------------------------------------------------------------


def test_without_git_the_error_says_so(checkout: Checkout, tmp_path: Path) -> None:
    """Git is looked for on the PATH that was given, and nowhere else."""
    with pytest.raises(StoreError, match="git was not found"):
        find_repository(checkout.root, str(tmp_path))


def test_a_git_that_fails_is_quoted(checkout: Checkout, tmp_path: Path) -> None:
    """Its own first line, and no traceback."""
    fake = tmp_path / "bin" / "git"
    write(tmp_path, {"bin/git": "#!/bin/sh\necho 'fatal: dubious ownership' >&2\nexit 128\n"})
    fake.chmod(0o755)
    with pytest.raises(StoreError, match="git failed: dubious ownership"):
        find_repository(checkout.root, str(fake.parent))


def test_a_git_that_ends_early_is_an_error(checkout: Checkout, tmp_path: Path) -> None:
    """As it does when a partial clone lacks an object and may not fetch it."""
    write(tmp_path, {"bin/git": "#!/bin/sh\nexit 128\n"})
    fake = tmp_path / "bin" / "git"
    fake.chmod(0o755)
    found = repository(checkout)
    broken = Repository(str(fake), found.top, found.prefix, found.private)
    with broken.blobs() as blobs, pytest.raises(StoreError, match="git ended before"):
        blobs.revision("one")


def test_outside_a_repository_the_error_says_so(tmp_path: Path) -> None:
    """With what to do about it."""
    with pytest.raises(UsageError, match="not in a git repository") as raised:
        find_repository(tmp_path, PATH)
    assert "git init" in raised.value.remedy


def test_a_bare_repository_has_no_work_tree(tmp_path: Path) -> None:
    """There is no project in it to compare with."""
    checkout = new_repository(tmp_path / "plain")
    checkout.git("init", "--quiet", "--bare", str(tmp_path / "bare"))
    with pytest.raises(StoreError, match="work tree"):
        find_repository(tmp_path / "bare", PATH)


def test_a_second_work_tree_is_a_checkout_like_any(checkout: Checkout, tmp_path: Path) -> None:
    """Its files lie elsewhere, its objects are the same."""
    checkout.git("worktree", "add", "--quiet", str(tmp_path / "other"), "one")
    found = find_repository(tmp_path / "other" / "film", PATH)
    with found.blobs() as blobs:
        assert blobs.read(blobs.revision("two"), found.prefix / "seedgen.yaml") == b"second text"


# -- laid out ----------------------------------------------------------------------------------------


@pytest.fixture
def laid_out(checkout: Checkout, tmp_path: Path) -> Iterator[Callable[[str], RevisionFiles]]:
    """Lays out a revision of `film/` in a new folder."""
    with repository(checkout).blobs() as blobs:

        def lay_out(name: str, memory: BlobMemory | None = None) -> RevisionFiles:
            folder = tmp_path / f"laid-out-{len(list(tmp_path.iterdir()))}"
            folder.mkdir()
            files = RevisionFiles(
                repository(checkout),
                blobs,
                blobs.revision(name),
                checkout.root / "film",
                folder,
                memory or BlobMemory(None),
            )
            files.lay_out()
            return files

        yield lay_out


def test_text_is_laid_out_and_media_when_named(
    checkout: Checkout, laid_out: Callable[[str], RevisionFiles]
) -> None:
    """A project may lie beside gigabytes of footage that it does not use."""
    write(checkout.root, {"film/templates/a.j2": "a", "film/seedgen.lock": "{}", "film/big.mp4": b"big"})
    write(checkout.root, {"film/.seedgen/notes.yaml": "somebody else's"})
    checkout.commit("media")
    files = laid_out("media")
    names = {path.relative_to(files.root).as_posix() for path in files.root.rglob("*") if path.is_file()}
    assert names == {"seedgen.yaml", "templates/a.j2", "seedgen.lock"}
    assert files.bring("big.mp4") is Brought.THERE
    assert (files.root / "big.mp4").read_bytes() == b"big"


def test_what_is_not_committed_is_taken_as_it_is_now(
    checkout: Checkout, laid_out: Callable[[str], RevisionFiles]
) -> None:
    """And said to be; what is nowhere is absent, and what lies outside the project is not looked for."""
    write(checkout.root, {"film/refs/door.png": b"ignored by git", "secret.png": b"outside"})
    files = laid_out("one")
    assert files.bring("refs/door.png") is Brought.NOW
    assert (files.root / "refs/door.png").read_bytes() == b"ignored by git"
    assert files.bring("refs/nothing.png") is Brought.ABSENT
    for outside in ("../secret.png", str(checkout.root / "secret.png"), "../../../x.png", "a\0b", "x" * 5000):
        assert files.bring(outside) is Brought.ABSENT


def test_links_are_followed_inside(checkout: Checkout, laid_out: Callable[[str], RevisionFiles]) -> None:
    """To a file and through a folder, as in a work tree."""
    write(checkout.root, {"film/media/v2.png": b"second"})
    (checkout.root / "film/current.png").symlink_to("media/v2.png")
    (checkout.root / "film/refs").symlink_to("media")
    checkout.commit("links")
    files = laid_out("links")
    for name in ("current.png", "refs/v2.png"):
        assert files.bring(name) is Brought.THERE
        assert (files.root / name).read_bytes() == b"second"


def test_nothing_is_written_through_a_link(
    checkout: Checkout, laid_out: Callable[[str], RevisionFiles], tmp_path: Path
) -> None:
    """A revision whose folder is a link to elsewhere cannot have a file of it put there."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (checkout.root / "film/refs").symlink_to(elsewhere)
    checkout.commit("hostile")
    (checkout.root / "film/refs").unlink()
    write(checkout.root, {"film/refs/door.png": b"mine"})
    files = laid_out("hostile")
    assert files.bring("refs/door.png") is Brought.ABSENT
    assert list(elsewhere.iterdir()) == []


def test_a_pointer_of_git_lfs_is_followed_where_the_file_was_fetched(
    checkout: Checkout, laid_out: Callable[[str], RevisionFiles]
) -> None:
    """Into git's own store, else to the work tree's file when it is the very same; else it is unfetched."""
    digest = digest_bytes(b"movie")
    write(checkout.root, {"film/a.mp4": POINTER.format(digest), "film/b.mp4": POINTER.format("0" * 64)})
    assert pointed_at(checkout.root / "film/a.mp4") == digest
    assert pointed_at(checkout.root / "film/seedgen.yaml") is None
    checkout.commit("pointers")
    assert laid_out("pointers").bring("a.mp4") is Brought.UNFETCHED
    write(checkout.root, {"film/a.mp4": b"movie", "film/b.mp4": b"another"})
    files = laid_out("pointers")
    assert [files.bring(name) for name in ("a.mp4", "b.mp4")] == [Brought.THERE, Brought.UNFETCHED]
    (checkout.root / "film/a.mp4").unlink()
    write(checkout.root, {f".git/lfs/objects/{digest[:2]}/{digest[2:4]}/{digest}": b"movie"})
    files = laid_out("pointers")
    assert files.bring("a.mp4") is Brought.THERE
    assert (files.root / "a.mp4").read_bytes() == b"movie"


def test_looking_changes_nothing(checkout: Checkout, laid_out: Callable[[str], RevisionFiles]) -> None:
    """Staged, changed, deleted and unknown files stay just so, and so does the index."""
    write(checkout.root, {"film/staged.yaml": "staged", "film/refs/new.png": b"unknown"})
    checkout.git("add", "film/staged.yaml")
    write(checkout.root, {"film/seedgen.yaml": "changed"})
    (checkout.root / "beside.yaml").unlink()
    before = checkout.state()
    files = laid_out("one")
    files.bring("refs/new.png")
    assert checkout.state() == before
