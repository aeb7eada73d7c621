"""Loader: from a folder with `seedgen.yaml` to a project with its included files."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seedgen.project.diagnostics import Place, Problems, did_you_mean
from seedgen.project.fields import source_text
from seedgen.project.files import near_file
from seedgen.project.models import ProjectFile, ReferenceSet, SceneFile, ShotEntry
from seedgen.project.reading import PROJECT_FILE, read_mapping
from seedgen.project.scalars import typed
from seedgen.project.tolerant import validate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class PlacedShot:
    """An entry under `shots:` with the place where it stands. Some of what was written is not in it when it
    is not `whole`; that is noted."""

    entry: ShotEntry
    place: Place
    address: str
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with `seedgen.yaml`, read: what is declared, before anything is expanded or rendered.

    `reference_places` says where each set stands, `texts` holds the YAML texts that were read (for
    the source lines of diagnostics), `vars` are the project's with what the command line overrode.
    """

    root: Path
    file: Path
    spec: ProjectFile
    shots: tuple[PlacedShot, ...]
    reference_sets: Mapping[str, ReferenceSet]
    reference_places: Mapping[str, Place]
    vars: Mapping[str, Any]
    texts: Mapping[Path, str] = field(repr=False)

    @property
    def name(self) -> str:
        """The project's name."""
        return self.spec.name


def load_project(
    root: Path, problems: Problems, overrides: Mapping[str, Any] | None = None
) -> Project | None:
    """Read the project in `root`; None when there is no telling what it declares.

    Problems are noted, never raised; a file that cannot be read is one of them. `overrides` are the
    `--var` values.
    """
    root = root.resolve()
    file = root / PROJECT_FILE
    texts: dict[Path, str] = {}
    raw = read_mapping(file, texts, problems)
    if raw is None:
        return None
    raw = dict(raw)
    shots_raw = raw.pop("shots", None)
    place = Place(file)
    if _is_newer(raw.get("seedgen"), place, problems):
        return None
    spec = validate(ProjectFile, raw, place, problems) or _stand_in(raw, place)
    if spec is None:
        return None
    shots = list(_shots(shots_raw, place, problems))
    sets = dict(spec.reference_sets)
    places = {name: place.key("reference_sets", name) for name in sets}
    for included in included_files(root, spec.include, place, problems):
        shots.extend(_scene(included, texts, sets, places, problems))
    variables = _override(spec.vars, overrides or {}, problems)
    return Project(root, file, spec, tuple(shots), sets, places, variables, texts)


def _is_newer(version: Any, place: Place, problems: Problems) -> bool:
    """Whether the file is of a later format, which is noted: what it says may mean something else there."""
    if not isinstance(version, int | Decimal) or version <= 1:
        return False
    detail = f"It is of version {version}; this seedgen reads version 1. Upgrade seedgen."
    problems.error("written for a newer seedgen", detail, at=place.at("seedgen"))
    return True


def _stand_in(raw: dict[str, Any], place: Place) -> ProjectFile | None:
    """The project with a name in place of one that is missing or wrong, which is noted already: what
    else it declares is checked all the same. None for another version of the format."""
    if raw.get("seedgen", 1) != 1:
        return None
    return validate(ProjectFile, {**raw, "seedgen": 1, "name": "unnamed"}, place, Problems())


def _shots(raw: Any, place: Place, problems: Problems) -> Iterable[PlacedShot]:
    if raw is None:
        return
    if not isinstance(raw, list):
        problems.error("should be a list", "Each shot begins with `- id:`.", at=place.key("shots"))
        return
    for index, entry in enumerate(raw):
        at = place.at("shots", index)
        known = source_text(entry.get("id")) if isinstance(entry, dict) else None
        address = f"shots.{known if isinstance(known, str) else index}"
        before = problems.errors
        shot = validate(ShotEntry, entry, at, problems, address=address)
        if shot is not None:
            yield PlacedShot(shot, at, address, whole=problems.errors == before)


def included_files(root: Path, patterns: Iterable[str], place: Place, problems: Problems) -> list[Path]:
    """The files that some patterns of `include:` name, inside the project and sorted. `root` is resolved."""
    found: set[Path] = set()
    for index, pattern in enumerate(patterns):
        try:
            matches = [path for path in root.glob(pattern) if path.is_file()]
        except (ValueError, NotImplementedError, OSError, RecursionError):
            matches = []
        inside = [path for path in matches if path.resolve().is_relative_to(root)]
        if len(inside) < len(matches):
            problems.error(
                "path outside the project",
                "An included file is a link that leads out.",
                at=place.at("include", index),
            )
        elif not inside and not any(sign in pattern for sign in "*?["):
            detail = f"No {pattern!r} in the project.{near_file(root, Path(pattern))}"
            problems.error("file not found", detail, at=place.at("include", index))
        elif not inside:
            problems.warning(
                "include matches nothing", f"No file matches {pattern!r}.", at=place.at("include", index)
            )
        found.update(path for path in inside if path.name != PROJECT_FILE)
    return sorted(found)


def _scene(
    file: Path,
    texts: dict[Path, str],
    sets: dict[str, ReferenceSet],
    places: dict[str, Place],
    problems: Problems,
) -> Iterable[PlacedShot]:
    raw = read_mapping(file, texts, problems)
    if raw is None:
        return []
    raw = dict(raw)
    place = Place(file)
    shots_raw = raw.pop("shots", None)
    scene = validate(SceneFile, raw, place, problems)
    for name, reference_set in (scene.reference_sets if scene else {}).items():
        if name in sets:
            other = places[name].file.name
            problems.error(
                "reference set given twice",
                f"{name!r} stands in {other} too.",
                at=place.key("reference_sets", name),
            )
        else:
            sets[name] = reference_set
            places[name] = place.key("reference_sets", name)
    return _shots(shots_raw, place, problems)


def _override(
    declared: Mapping[str, Any], overrides: Mapping[str, Any], problems: Problems
) -> dict[str, Any]:
    for name in overrides:
        if name not in declared:
            hint = did_you_mean(name, declared) or f"Declare it under `vars:` in {PROJECT_FILE}."
            problems.error("unknown variable", f"--var {name}: {hint}", address=f"vars.{name}")
    return {**declared, **overrides}


def parse_var(text: str) -> tuple[str, Any] | None:
    """`K=V` of `--var` as a name and a value typed as in the project file; None when it is not one."""
    name, sign, value = text.partition("=")
    return (name, typed(value)) if sign and name else None


def load_var_file(file: Path, problems: Problems) -> dict[str, Any]:
    """The variables of a `--var-file`: a YAML mapping."""
    return read_mapping(file, {}, problems) or {}
