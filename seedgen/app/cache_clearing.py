"""Cache clearing: finds what nothing needs any more, and deletes it. Nothing else deletes clips."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from seedgen.app.cache_contents import CacheContents
from seedgen.app.every_profile import needed_by
from seedgen.errors import StoreError, UsageError
from seedgen.execution.retention import A_WEEK, Keep, Needs, Terms, kept, of_others
from seedgen.execution.upkeep import Garbage, Kind, amount
from seedgen.ports.store import OPEN_STAGES
from seedgen.store.cache_files import remove_folder
from seedgen.store.cache_use import cache_alone
from seedgen.store.disk import folder_size
from seedgen.store.git import find_repository
from seedgen.store.lock_digests import EVERYTHING, Named, in_folder, in_history

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from seedgen.app.kept import Settings
    from seedgen.execution.clips import KnownClip
    from seedgen.execution.upkeep import Amount
    from seedgen.store.cache_files import Stored

_AT_ONCE = 50
"""Records that are forgotten together, right before their clips go."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What is asked of clearing out.

    `projects` are folders of other projects that share the cache; `alone` says that there are none. `history`
    are revisions, None for every branch and tag where there is a repository. `force`: paid clips too, however
    young.
    """

    older_than: timedelta = A_WEEK
    force: bool = False
    history: tuple[str, ...] | None = None
    projects: tuple[Path, ...] = ()
    alone: bool = False

    def terms(self, now: float) -> Terms:
        """How old what goes has to be."""
        return Terms(now, self.older_than, timedelta() if self.force else max(A_WEEK, self.older_than))


@dataclass(frozen=True, slots=True)
class Found:
    """What may go, and where it is: clips and their records, files, folders of posters."""

    garbage: Garbage
    clips: dict[str, Stored]
    records: dict[str, list[str]]
    stale: list[str]
    files: dict[Kind, list[Stored]]
    posters: list[Path] = field(default_factory=list)


def find_garbage(settings: Settings, rules: Rules) -> Found:
    """What may go. Deletes nothing.

    Raises UsageError for a shared cache whose other projects are not named, ProjectError, LockUnreadable,
    StoreError.
    """
    contents = CacheContents(settings)
    try:
        return _Search(contents, rules).found()
    finally:
        contents.close()


def clear_out(settings: Settings, rules: Rules, shown: Found) -> int:
    """Delete what was shown, as far as nothing needs it by now; the bytes that went.

    Raises Locked while anybody works with the cache, and what `find_garbage` raises.
    """
    contents = CacheContents(settings)
    with cache_alone(contents.cache):
        now = find_garbage(settings, rules)
        try:
            return _Removal(contents, now, shown).run()
        finally:
            contents.close()


class _Search:
    """One look at a cache and at everything that may need what it holds."""

    def __init__(self, contents: CacheContents, rules: Rules) -> None:
        self.contents = contents
        self.rules = rules
        # Opened where they stand: variables and the profile were given for this project.
        plain = replace(contents.settings, profile=None, variables=(), var_files=(), cache_dir=contents.cache)
        self.projects = [contents.settings, *(replace(plain, root=root) for root in rules.projects)]
        self.clips_of: dict[str, set[str]] = defaultdict(set)
        for take in contents.recorded:
            self.clips_of[take.fingerprint].add(take.digest)
        for _, fingerprint, take in contents.accepted:
            self.clips_of[fingerprint].add(take.digest)
        self.needed = [needed_by(settings, self.clips_of) for settings in self.projects]

    def found(self) -> Found:
        self._require_all_named()
        terms = self.rules.terms(time.time())
        here, before = self._named_now(), self._named_before()
        needs = self._needs(here, before)
        stored = {clip.name: clip for clip in self.contents.files.clips()}
        clips = [self.contents.known(clip) for clip in stored.values()]
        why = kept(clips, needs, terms)
        gone = tuple(clip for clip in clips if why[clip.digest] is None)
        records, stale = self._records(gone, stored, needs)
        gone_clips = {clip.digest for clip in gone}
        files, posters = self._files(terms, stored.keys() - gone_clips), self._posters()
        others = {kind: amount([one.size for one in found]) for kind, found in files.items()}
        others[Kind.POSTERS] = amount([folder_size(folder) for folder in posters])
        unknown = {name: said for one in self.needed for name, said in one.unknown.items()}
        garbage = Garbage(
            gone,
            others,
            _sizes(clips, why),
            self.contents.holdings().size,
            here.locks,
            before.locks,
            len(stale),
            unknown,
            frozenset(clip.origin for clip in clips if why[clip.digest] is Keep.YOUNG),
        )
        return Found(garbage, stored, records, stale, files, posters)

    def _require_all_named(self) -> None:
        """Raises UsageError for a cache that others may share, unless it is said who they are."""
        if self.rules.projects or self.rules.alone:
            return
        ours = {name for one in self.needed for name in one.names}
        others = sorted({entry.project for entry in self.contents.entries if entry.project} - ours)
        outside = not self.contents.cache.resolve().is_relative_to(self.contents.root)
        if not others and not outside:
            return
        why = f"it holds clips of {', '.join(others)}" if others else "it lies outside this project"
        raise UsageError(
            f"the cache may be shared: {why}",
            remedy="Only you know who else uses it. Name their folders with --project DIR, and what they use "
            "is kept; or say --not-shared when nobody else does.",
        )

    # -- what is needed --------------------------------------------------------------------------

    def _named_now(self) -> Named:
        found = [in_folder(settings.root) for settings in self.projects]
        return _both(found)

    def _named_before(self) -> Named:
        return _both([self._history(settings) for settings in self.projects])

    def _history(self, settings: Settings) -> Named:
        ours = settings is self.contents.settings
        asked = self.rules.history if ours else None
        try:
            repository = find_repository(settings.root, settings.search_path)
        except UsageError:
            if asked is None:
                return Named(frozenset(), 0)  # it is in no repository
            raise
        except StoreError:
            standing = (settings.root.resolve(), *settings.root.resolve().parents)
            if asked is None and not any((folder / ".git").exists() for folder in standing):
                return Named(frozenset(), 0)
            raise
        return in_history(repository, (EVERYTHING,) if asked is None else asked)

    def _needs(self, here: Named, before: Named) -> Needs:
        contents = self.contents
        requests = {request for one in self.needed for request in one.requests}
        names = {name for one in self.needed for name in one.names}
        declared = {clip for one in requests for clip in self.clips_of.get(one, ())}
        jobs = {entry.digest for entry in contents.entries if entry.stage in OPEN_STAGES}
        others = set() if self.rules.alone else of_others(contents.entries, names, contents.recorded)
        return Needs(
            {
                Keep.LOCK: here.digests,
                Keep.DECLARED: declared,
                Keep.JOB: jobs,
                Keep.OTHER_PROJECT: others,
                Keep.HISTORY: before.digests,
            }
        )

    # -- what may go -----------------------------------------------------------------------------

    def _records(
        self, gone: Iterable[KnownClip], stored: dict[str, Stored], needs: Needs
    ) -> tuple[dict[str, list[str]], list[str]]:
        """The records of clips that go, and those whose clip has gone already and that nothing needs."""

        going = {clip.digest for clip in gone}
        aside = {one.name[:64] for one in self.contents.files.quarantined()}
        records: dict[str, list[str]] = defaultdict(list)
        stale = []
        own = ((take.key, take) for take in self.contents.recorded)
        accepted = ((key, take) for key, _, take in self.contents.accepted)
        for key, take in (*own, *accepted):
            if take.digest in going:
                records[take.digest].append(key)
            elif take.digest not in stored and take.digest not in aside and needs.why(take.digest) is None:
                stale.append(key)
        return records, stale

    def _files(self, terms: Terms, clips: Collection[str]) -> dict[Kind, list[Stored]]:
        files = self.contents.files
        segments = {key for one in self.needed for key in one.segments}
        stand_ins = {key for one in self.needed for key in one.stand_ins}
        # Where one reel cannot be made out, any segment may be its own.
        known = not any(one.unknown for one in self.needed)
        found = {
            Kind.SEGMENTS: [one for one in files.segments() if known and one.name not in segments],
            Kind.STAND_INS: [one for one in files.stand_ins() if known and one.name not in stand_ins],
            Kind.SOUND: files.sound(),
            Kind.FRAMES: [one for one in files.frames() if one.name[:64] not in clips],
        }
        old = {
            kind: [one for one in stored if terms.old(one.written, free=True)]
            for kind, stored in found.items()
        }
        return {**old, Kind.LEFTOVERS: files.leftovers()}

    def _posters(self) -> list[Path]:
        """Of profiles that are declared no more; those of the others are kept tidy by every reel."""
        posters = self.contents.root / ".seedgen" / "posters"
        if not posters.is_dir() or posters.is_symlink():
            return []
        profiles = self.needed[0].profiles
        return sorted(
            one
            for one in posters.iterdir()
            if one.name not in profiles and one.is_dir() and not one.is_symlink()
        )


class _Removal:
    """Deletes what was found, as far as it was shown. Killed at any moment it leaves a sound cache."""

    def __init__(self, contents: CacheContents, now: Found, shown: Found) -> None:
        self.contents = contents
        self.now = now
        self.shown = shown

    def run(self) -> int:
        freed = 0
        shown = {clip.digest for clip in self.shown.garbage.clips}
        going = [clip for clip in self.now.garbage.clips if clip.digest in shown]
        if stale := sorted(set(self.now.stale) & set(self.shown.stale)):
            self.contents.takes.forget(stale)
        # The record first: a clip without one is garbage still, a record without its clip would be a fault.
        for begin in range(0, len(going), _AT_ONCE):
            batch = going[begin : begin + _AT_ONCE]
            if records := [one for clip in batch for one in self.now.records.get(clip.digest, ())]:
                self.contents.takes.forget(records)
            for clip in batch:
                self.contents.files.remove(self.now.clips[clip.digest])
                freed += clip.size
        freed += self._files()
        self.contents.files.tidy()
        return freed

    def _files(self) -> int:
        freed = 0
        for kind, found in self.now.files.items():
            shown = {one.name for one in self.shown.files.get(kind, ())}
            for one in found:
                if one.name in shown:
                    self.contents.files.remove(one)
                    freed += one.size
        if self.now.files[Kind.LEFTOVERS]:
            self.contents.files.sweep()
        for folder in set(self.now.posters) & set(self.shown.posters):
            freed += folder_size(folder)
            remove_folder(folder)
        return freed


def _both(found: Sequence[Named]) -> Named:
    digests = frozenset().union(*(one.digests for one in found))
    return Named(digests, sum(one.locks for one in found))


def _sizes(clips: Iterable[KnownClip], why: dict[str, Keep | None]) -> dict[Keep, Amount]:
    sizes: dict[Keep, list[int]] = defaultdict(list)
    for clip in clips:
        if (reason := why[clip.digest]) is not None:
            sizes[reason].append(clip.size)
    return {reason: amount(sizes[reason]) for reason in Keep if reason in sizes}
