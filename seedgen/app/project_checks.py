"""Project checks: a project's cache, locks and place in git, looked at for `doctor` without changing them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seedgen.errors import LockUnreadable, ObjectCorrupt, SeedgenError, StoreError, UsageError
from seedgen.store.lockfile import lock_name
from seedgen.views.checkup import Finding, Level
from seedgen.views.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seedgen.app.workspace import Workspace
    from seedgen.digest import Digest

_MOST_READ = 128 * 1024**2
"""Bytes of clips that are read whole and compared."""

_IGNORE = "`seedgen init` adds what is missing to .gitignore, and touches nothing else."

_DATABASES = {
    "takes": "Move it away: the next apply begins it anew from seedgen.lock.",
    "journal": "Put it back from a backup: without it, jobs in flight are forgotten and could be paid again.",
    "uploads": "Move it away: references are uploaded again.",
}


def look_at(workspace: Workspace) -> Iterator[Finding]:
    """Locks, clips, databases, what is left over, and git."""
    clips: dict[Digest, str] = {}
    for path in sorted(workspace.project.root.glob("seedgen*.lock")):
        try:
            lock = workspace.lock_at(path).read()
        except LockUnreadable as error:
            yield Finding("lock", Level.PROBLEM, str(error), remedy=error.remedy)
            continue
        takes = [(shot_id, take) for shot_id, shot in lock.shots.items() for take in shot.takes]
        clips |= {take.clip: shot_id for shot_id, take in takes}
        yield Finding("lock", Level.OK, f"{path.name}: {counted(len(takes), 'take')}")
    yield from _clips(workspace, clips)
    yield from _databases(workspace)
    yield from _left_over(workspace)
    yield from _git(workspace)


def _clips(workspace: Workspace, clips: Mapping[Digest, str]) -> Iterator[Finding]:
    """Every clip that a lock names is there; some are read whole."""
    present = workspace.objects.present(clips)
    if missing := sorted({clips[digest] for digest in clips if digest not in present}):
        names = ", ".join(missing[:6]) + (" …" if len(missing) > 6 else "")
        message = f"{counted(len(clips) - len(present), 'clip')} of the locks not in the cache: {names}"
        remedy = (
            "`seedgen plan` shows what an apply would do: fetch them from their service, or make them anew."
        )
        yield Finding("clips", Level.WARNING, message, remedy=remedy)
    read = damaged = size = 0
    for digest in sorted(present):
        try:
            size += workspace.objects.path(digest).stat().st_size
            if read and size > _MOST_READ:
                break
            workspace.objects.verify(digest)
        except ObjectCorrupt as error:
            damaged += 1
            yield Finding("clips", Level.PROBLEM, f"{clips[digest]}: {error}", remedy=error.remedy)
        except (StoreError, OSError) as error:
            damaged += 1
            yield Finding("clips", Level.PROBLEM, f"{clips[digest]}: its clip cannot be read: {error}")
        read += 1
    if present and not damaged:
        some = "" if read == len(present) else f"; {read} of them were read"
        yield Finding("clips", Level.OK, f"{counted(len(present), 'clip')} of the locks in the cache{some}")


def _databases(workspace: Workspace) -> Iterator[Finding]:
    looks = {
        "takes": workspace.takes.faults,
        "journal": workspace.journal.faults,
        "uploads": workspace.uploads.faults,
    }
    broken = False
    for name, look in looks.items():
        try:
            found = look()
        except StoreError as error:
            broken = True
            yield Finding("databases", Level.PROBLEM, str(error), remedy=error.remedy)
            continue
        if found:
            broken = True
            message, place = f"the {name} database is damaged: {found[0]}", str(workspace.cache / name)
            yield Finding("databases", Level.PROBLEM, message, place, _DATABASES[name])
    if not broken:
        try:
            standing = len(workspace.desk.own())
        except SeedgenError as error:
            yield Finding("databases", Level.PROBLEM, str(error), remedy=error.remedy)
            return
        open_ = f", {counted(standing, 'job')} open" if standing else ""
        yield Finding("databases", Level.OK, f"the cache's databases are sound{open_}")


def _left_over(workspace: Workspace) -> Iterator[Finding]:
    from seedgen.store.health import orphans

    count, size = orphans(workspace.cache / "incoming")
    if count:
        message = f"{counted(count, 'folder')} left over by processes that died, {size / 1024**2:.1f} MiB"
        yield Finding("scratch", Level.WARNING, message, remedy="The next apply removes them.")


def _git(workspace: Workspace) -> Iterator[Finding]:
    from seedgen.store.git import find_repository
    from seedgen.store.git_state import committed, is_ignored

    root = workspace.project.root
    try:
        repository = find_repository(root, workspace.settings.search_path)
    except UsageError:
        message = "the project is not in a git repository"
        remedy = "`git init`, and commit the project with its lock."
        yield Finding("git", Level.NOTE, message, remedy=remedy)
        return
    except StoreError as error:
        yield Finding("git", Level.NOTE, str(error), remedy=error.remedy)
        return
    there = sorted(path.name for path in root.glob("seedgen*.lock"))
    kept = committed(repository, ["build", ".seedgen", ".env", *there])
    wrong = [name for name in kept if name.startswith(("build/", ".seedgen/"))]
    before = Level.OK
    for name in there or [lock_name(workspace.settings.profile)]:
        if name in kept:
            continue
        if is_ignored(repository, name):
            remedy = "Take it out of .gitignore and commit it: it says which clip each shot has."
            yield Finding("git", Level.PROBLEM, f"git ignores {name}", remedy=remedy)
            before = Level.PROBLEM
        elif name in there:
            yield Finding("git", Level.WARNING, f"{name} is not in git yet", remedy=f"`git add {name}`")
            before = Level.WARNING
    if wrong:
        folders = " ".join(sorted({name.split("/")[0] for name in wrong}))
        message = f"{counted(len(wrong), 'file')} in git that belong to this checkout alone: {wrong[0]}"
        remedy = f"`git rm -r --cached {folders}`, and ignore them: {_IGNORE}"
        yield Finding("git", Level.PROBLEM, message, remedy=remedy)
    if ".env" in kept:
        remedy = "`git rm --cached .env`, ignore it, and have new keys made: every clone has these."
        yield Finding("git", Level.PROBLEM, ".env is in git, with the keys in it", remedy=remedy)
    own = {name.split("/")[0] for name in wrong}
    open_ = [f"{name}/" for name in (".seedgen", "build") if name not in own]
    open_ += [".env"] if (root / ".env").exists() and ".env" not in kept else []
    taken = [name for name in open_ if not is_ignored(repository, name)]
    if taken:
        keys = ", keys and all" if ".env" in taken else ""
        message = f"`git add` would take {', '.join(taken)}{keys}"
        yield Finding("git", Level.WARNING, message, remedy=_IGNORE)
    if before is Level.OK and not wrong and ".env" not in kept and not taken:
        yield Finding("git", Level.OK, "git keeps what it should, and nothing else")
