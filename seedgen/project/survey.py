"""Survey: every reference of the project, found on disk and identified by content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from seedgen.errors import MediaError
from seedgen.project.diagnostics import did_you_mean
from seedgen.project.files import PathProblem, inside
from seedgen.project.media import Derived, MediaType
from seedgen.project.models import FROM_SHOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from seedgen.project.diagnostics import Place, Problems
    from seedgen.project.loader import Project
    from seedgen.project.media import FileIdentity, Media, MediaFacts
    from seedgen.project.models import Reference, ReferenceSet


class Identify(Protocol):
    """Digest and facts of a file; remembers files that have not changed."""

    def __call__(self, path: Path) -> FileIdentity:
        """Raises OSError, UnreadableMedia."""


@dataclass(frozen=True, slots=True)
class KnownReference:
    """One reference of a set: what it is, what identifies it, and where its bytes are.

    `location` is a file, the URL as text, or another shot's clip. `facts` is None for URLs: nothing is
    fetched to plan. Of what is taken from a clip they say what can be told beforehand. `id` is None
    while that clip is not known.
    """

    set_name: str
    type: MediaType
    face: bool
    id: str | None
    location: Media
    facts: MediaFacts | None
    place: Place


@dataclass(frozen=True, slots=True)
class Library:
    """Reference sets by name, each in declared order: images, videos, audios.

    `broken` are the sets with a problem that has been noted already.
    """

    sets: Mapping[str, tuple[KnownReference, ...]]
    broken: frozenset[str] = frozenset()

    def called(self, reference: KnownReference) -> str:
        """What people call a reference: its set, with its number there when the set has several, as `ref()`
        counts; or what is taken from which shot."""
        if isinstance(reference.location, Derived):
            return reference.location.words
        members = self.sets[reference.set_name]
        number = f" {members.index(reference) + 1}" if len(members) > 1 else ""
        return f"{reference.set_name}{number}"

    def near(self, name: str) -> str:
        """A hint for a set that does not exist."""
        return did_you_mean(name, self.sets) or f"Declared: {', '.join(sorted(self.sets)) or 'none'}."


def survey(
    project: Project, identify: Identify, problems: Problems, *, allow_outside: bool = False
) -> Library:
    """Identify every reference of the project. Problems are noted at the reference's place."""
    sets: dict[str, tuple[KnownReference, ...]] = {}
    broken: set[str] = set()
    for name, reference_set in project.reference_sets.items():
        place = project.reference_places[name]
        found: list[KnownReference] = []
        if name == FROM_SHOT:
            problems.error(
                "reserved name",
                f"ref({FROM_SHOT!r}) names what a shot takes over from the one that it continues. "
                "Call the set something else.",
                at=place,
            )
        for kind, reference, at in _entries(reference_set, place):
            known = _known(
                project.root, name, kind, reference, at, identify, problems, allow_outside=allow_outside
            )
            if known is None:
                broken.add(name)
            else:
                found.append(known)
        sets[name] = tuple(found)
    return Library(sets, frozenset(broken))


def _entries(reference_set: ReferenceSet, place: Place) -> Iterator[tuple[MediaType, Reference, Place]]:
    for kind, key, entries in (
        (MediaType.IMAGE, "images", reference_set.images),
        (MediaType.VIDEO, "videos", reference_set.videos),
        (MediaType.AUDIO, "audios", reference_set.audios),
    ):
        for index, reference in enumerate(entries):
            yield kind, reference, place.at(key, index)


def _known(
    root: Path,
    name: str,
    kind: MediaType,
    reference: Reference,
    at: Place,
    identify: Identify,
    problems: Problems,
    *,
    allow_outside: bool,
) -> KnownReference | None:
    if reference.url is not None:
        identity = f"sha256:{reference.sha256}" if reference.sha256 else f"url:{reference.url}"
        return KnownReference(name, kind, reference.face, identity, reference.url, None, at)
    path = inside(root, reference.path or "", allow_outside=allow_outside)
    if isinstance(path, PathProblem):
        problems.error(path.summary, path.detail, at=at)
        return None
    try:
        file = identify(path)
    except MediaError as error:
        problems.error("not readable as media", f"{str(error).rstrip('.')}. {error.remedy}".strip(), at=at)
        return None
    except OSError as error:
        problems.error("file not readable", f"{error.strerror or error}.", at=at)
        return None
    if file.facts is None or file.facts.type is not kind:
        found = f"a {file.facts.format} file ({file.facts.type})" if file.facts else "something else"
        problems.error(f"not {_a(kind)}", f"It stands under `{kind}s:` but is {found}.", at=at)
        return None
    return KnownReference(name, kind, reference.face, f"sha256:{file.digest}", path, file.facts, at)


def _a(kind: MediaType) -> str:
    return f"an {kind}" if kind.value[0] in "aeiou" else f"a {kind}"
