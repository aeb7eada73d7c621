"""Comparing: a project and its lock at two git revisions, each opened exactly as a plan opens it."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from seedgen.app.opened import OpenedProject
from seedgen.errors import LockUnreadable, ProjectError, UsageError
from seedgen.planning.comparison import Version, compare
from seedgen.planning.current import as_locked
from seedgen.project.diagnostics import Problems
from seedgen.project.locating import located
from seedgen.project.reading import PROJECT_FILE
from seedgen.store.blob_memory import BlobMemory
from seedgen.store.git import find_repository
from seedgen.store.objects import ObjectStore
from seedgen.store.revision_files import Brought, RevisionFiles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seedgen.app.kept import Settings
    from seedgen.planning.comparison import Comparison
    from seedgen.project.diagnostics import Diagnostic, Place
    from seedgen.project.loader import Project
    from seedgen.store.blobs import Revision
    from seedgen.store.git import Repository
    from seedgen.views.revisions_html import PageClip

_POSTER = 640
"""Pixels of the longer side of a poster."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of two versions. `revision` is None for the work tree as it is; `notes` are warnings."""

    project: str
    revision: Revision | None
    version: Version
    notes: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """Two sides, how they differ, and the clips that there are. `root` is the project's folder."""

    before: Side
    after: Side
    comparison: Comparison
    objects: ObjectStore
    root: Path

    @property
    def notes(self) -> tuple[Diagnostic, ...]:
        """The warnings of both."""
        return self.before.notes + self.after.notes

    def clips_beside(self, page: Path) -> dict[str, PageClip]:
        """Copy the clips of all differing shots into `<page>_clips/`; by digest, those that there are.

        Raises OSError.
        """
        folder = page.with_name(f"{page.stem}_clips")
        takes = {
            at.take.clip
            for shot in self.comparison.differing
            for at in (shot.before, shot.after)
            if at and at.take
        }
        there = sorted(self.objects.present(takes))
        return {digest: _placed(self.objects.path(digest), digest, folder) for digest in there}


def compare_revisions(settings: Settings, first: str, second: str | None = None) -> Compared:
    """How the project differs between two revisions; without a second, from how it stands now.

    Raises UsageError, StoreError, ProjectError that names the revision, LockUnreadable.
    """
    repository = find_repository(settings.root, settings.search_path)
    root = settings.root.resolve()
    cache = settings.cache_dir or root / ".seedgen" / "cache"
    with ExitStack() as stack:
        blobs = stack.enter_context(repository.blobs())
        # Both are looked up before anything is opened, so that a slip of the pen is known at once.
        asked = [blobs.revision(name) for name in (first, second) if name is not None]
        sides, memory = [], BlobMemory(_memory(settings, root))
        for revision in asked:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="seedgen-revision-"))
            files = RevisionFiles(repository, blobs, revision, root, Path(folder), memory)
            sides.append(_then(replace(settings, cache_dir=cache), files, repository, revision))
        memory.save()
        after = sides[1] if second is not None else _now(settings)
        found = compare(sides[0].version, after.version)
    return Compared(sides[0], after, found, ObjectStore(cache / "objects"), root)


def _memory(settings: Settings, root: Path) -> Path | None:
    """Where media of revisions are remembered; None where a link of a stranger's project leads elsewhere."""
    private = root / ".seedgen"
    ours = settings.allow_outside or private.resolve().is_relative_to(root)
    return private / "revisions.json" if ours else None


def _now(settings: Settings) -> Side:
    opened = OpenedProject(settings)
    opened.require_sound()
    return Side(opened.project.name, None, Version(opened.current(), opened.lock_file.read()))


def _then(settings: Settings, files: RevisionFiles, repository: Repository, revision: Revision) -> Side:
    files.lay_out()
    if not (files.root / PROJECT_FILE).is_file():
        raise UsageError(
            f"{revision.name} has no {repository.prefix / PROJECT_FILE}",
            remedy=f"`git log --oneline -- {PROJECT_FILE}` lists the commits that changed it.",
        )
    try:
        opened = FormerProject(replace(settings, root=files.root), files)
        opened.require_sound()
        lock = opened.lock_file.read()
    except ProjectError as error:
        raise ProjectError(
            [_named(one, files.root, repository, revision) for one in error.diagnostics]
        ) from error
    except LockUnreadable as error:
        raise LockUnreadable(f"{revision.name}: {error}", remedy="Compare with another revision.") from error
    notes = tuple(_named(one, files.root, repository, revision) for one in opened.notes)
    return Side(opened.project.name, revision, Version(as_locked(opened.resolved, lock), lock), notes)


def _named(one: Diagnostic, root: Path, repository: Repository, revision: Revision) -> Diagnostic:
    """A diagnostic whose file is named as git names it: `HEAD~2:film/seedgen.yaml`."""
    if one.file is None:
        return replace(one, detail=f"In {revision.name}: {one.detail}")
    within = one.file.relative_to(root) if one.file.is_relative_to(root) else Path(one.file.name)
    return replace(one, file=Path(f"{revision.name}:{repository.prefix / PurePosixPath(within)}"))


class FormerProject(OpenedProject):
    """A project as it was, in a folder that holds its text; the media that it names are brought there."""

    def __init__(self, settings: Settings, files: RevisionFiles) -> None:
        self._files = files
        self._asides = Problems()
        self._unfetched: list[Diagnostic] = []
        super().__init__(settings)
        self._files.learn()

    def _load(self, settings: Settings) -> Project:
        project = super()._load(settings)
        for path, place in _named_files(project):
            brought = self._files.bring(path)
            if brought is Brought.NOW:
                self._asides.warning(
                    "file not in the revision",
                    f"{path!r} is not committed there: taken as it is in the project now.",
                    at=place,
                )
            elif brought is Brought.UNFETCHED:
                lacking = Problems()
                lacking.error(
                    "file not fetched",
                    f"{path!r} is in Git LFS and not in this clone: `git lfs fetch --all` brings it.",
                    at=place,
                )
                self._unfetched += located(lacking, project.texts)
        self._files.introduce()
        return project

    def require_sound(self) -> None:
        """Raises ProjectError; what was not fetched is said to be just that, and nothing else."""
        if self.problems.errors:
            known = {(one.file, one.path) for one in self._unfetched}
            others = [one for one in self.diagnostics if (one.file, one.path) not in known]
            raise ProjectError([*self._unfetched, *others])

    @property
    def notes(self) -> list[Diagnostic]:
        """What was assumed about files that the revision does not have."""
        return located(self._asides, self._texts)


def _named_files(project: Project) -> Iterator[tuple[str, Place]]:
    """The media that a project names by path: references, and the music of reels."""
    from seedgen.project.diagnostics import Place

    for name, found in project.reference_sets.items():
        place = project.reference_places[name]
        for key in ("images", "videos", "audios"):
            for index, reference in enumerate(getattr(found, key)):
                if reference.path is not None:
                    yield reference.path, place.at(key, index)
    for name, reel in project.spec.reels.items():
        if reel.music is not None:
            yield reel.music.path, Place(project.file, ("reels", name, "music"))


def _placed(clip: Path, digest: str, folder: Path) -> PageClip:
    """A copy of a clip in `folder`, unless it is there, and its picture."""
    import shutil
    from urllib.parse import quote

    from seedgen.views.revisions_html import PageClip

    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / f"{digest[:16]}.mp4"
    if not copy.is_file() or copy.stat().st_size != clip.stat().st_size:
        part = copy.with_suffix(".part")
        shutil.copyfile(clip, part)
        part.replace(copy)
    return PageClip(quote(f"{folder.name}/{copy.name}"), _poster(clip))


def _poster(clip: Path) -> bytes:
    """The picture in the middle of a clip as JPEG; empty when it cannot be read."""
    from io import BytesIO

    from seedgen.errors import MediaError
    from seedgen.media.probe import poster

    try:
        picture = poster(clip)
    except MediaError:
        return b""
    picture.thumbnail((_POSTER, _POSTER))
    written = BytesIO()
    picture.save(written, "JPEG", quality=80)
    return written.getvalue()
