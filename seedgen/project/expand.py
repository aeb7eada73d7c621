"""Expand: from entries to shots. The matrix is multiplied out, the profile laid over, strings rendered."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from seedgen.project.diagnostics import Diagnostic, Part, Place, Problems, Severity, Spot, did_you_mean
from seedgen.project.models import SHOT_ID, FromShotUse, Parameters, Profile
from seedgen.project.source import typed
from seedgen.project.templates import TemplateFailure, Templates

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seedgen.project.loader import PlacedShot, Project

_NAMED = ("resolution", "aspect_ratio", "duration", "generate_audio")
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", *(f"{n}{i}" for n in ("com", "lpt") for i in range(1, 10))}
)
"""File names that Windows keeps for devices; an id becomes a file name."""
_MAX_SHOTS = 100_000
_MAX_EXCLUDED = 10_000_000
"""Combinations times exclusions: every one is held against every other."""


@dataclass(frozen=True, slots=True)
class Written:
    """A parameter's value as written, and where."""

    value: Any
    place: Place


@dataclass(frozen=True, slots=True)
class Upstream:
    """The shot that this one continues."""

    shot: str
    use: FromShotUse


@dataclass(frozen=True, slots=True)
class Shot:
    """Authored intent, expanded: everything is decided but the prompt and the model's defaults.

    `model` None is the provider's default model. `scope` is what templates see besides `ref`.
    `parameters` are those written anywhere (profile over shot over defaults). `provider_place` and
    `model_place` are where these two were said. `ordinal` is the shot's position in the project.
    """

    id: str
    provider: str
    model: str | None
    template: str | None
    prompt: str | None
    references: tuple[str, ...]
    tags: tuple[str, ...]
    takes: int
    upstream: Upstream | None
    parameters: Mapping[str, Written]
    scope: Mapping[str, Any] = field(repr=False)
    place: Place
    provider_place: Place
    model_place: Place
    ordinal: int

    @property
    def address(self) -> str:
        """How diagnostics name it."""
        return f"shots.{self.id}"


class _Skip(Exception):
    """This combination has a problem, which is noted; go on with the next."""


def expand(project: Project, templates: Templates, profile: str | None, problems: Problems) -> list[Shot]:
    """Every shot of the project in order, for a profile. Problems are noted; unsound shots left out."""
    over = _profile(project, profile, problems)
    expander = _Expander(project, templates, profile, over, problems)
    shots: list[Shot] = []
    seen: dict[str, Shot] = {}
    for placed in project.shots:
        for shot in expander.entry(placed):
            other = seen.setdefault(shot.id.lower(), shot)
            if other is not shot:
                _twice(shot, other, problems)
                continue
            shots.append(shot)
    return shots


def _profile(project: Project, name: str | None, problems: Problems) -> Profile:
    if name is None:
        return Profile()
    found = project.spec.profiles.get(name)
    if found is None:
        hint = did_you_mean(name, project.spec.profiles)
        declared = ", ".join(project.spec.profiles) or "none"
        problems.error("unknown profile", f"{name!r}. {hint} Declared: {declared}.".replace("  ", " "))
    return found or Profile()


def _twice(shot: Shot, other: Shot, problems: Problems) -> None:
    same = "" if shot.id == other.id else f" ({other.id!r} and {shot.id!r} are one file name on some systems)"
    where = (
        ""
        if other.place != shot.place
        else " The matrix makes it more than once: put all its variables into the id."
    )
    problems.error(
        "shot id used twice",
        f"Ids are unique{same}.{where}",
        at=shot.place.at("id"),
        address=f"{shot.address}.id",
    )


class _Expander:
    """Turns entries of one project into shots, for one profile."""

    def __init__(
        self, project: Project, templates: Templates, name: str | None, profile: Profile, problems: Problems
    ) -> None:
        self.project = project
        self.templates = templates
        self.profile = profile
        self.profile_place = Place(project.file, ("profiles", name or ""))
        self.problems = problems
        self.ordinal = 0
        self.combined = 0

    def entry(self, placed: PlacedShot) -> Iterator[Shot]:
        entry = placed.entry
        combinations = math.prod(map(len, entry.matrix.values()))
        self.combined += combinations
        if self.combined > _MAX_SHOTS or combinations * len(entry.exclude) > _MAX_EXCLUDED:
            at = placed.place.at("matrix") if entry.matrix else placed.place
            self.problems.error(
                "too many shots",
                f"At most {_MAX_SHOTS:,} combinations in one project; this makes {combinations:,}.",
                at=at,
                address=placed.address,
            )
            return
        for combination in self._combinations(placed):
            try:
                yield self._shot(placed, combination)
            except _Skip:
                continue
            finally:
                self.ordinal += 1

    def _combinations(self, placed: PlacedShot) -> Iterator[dict[str, Any]]:
        matrix, excluded = placed.entry.matrix, placed.entry.exclude
        place, address = placed.place, placed.address
        for name, values in matrix.items():
            if not values:
                self.problems.error(
                    "empty matrix",
                    f"Give {name} at least one value.",
                    at=place.at("matrix", name),
                    address=f"{address}.matrix.{name}",
                )
        unused = dict(enumerate(excluded))
        for index, out in unused.items():
            for name in out:
                if name not in matrix:
                    hint = did_you_mean(name, matrix) or "Only variables of the matrix can be excluded."
                    self.problems.error(
                        "unknown variable",
                        hint,
                        at=place.key("exclude", index, name),
                        address=f"{address}.exclude.{index}.{name}",
                    )
        for values in itertools.product(*matrix.values()):
            combination = dict(zip(matrix, values, strict=True))
            hits = [i for i, out in enumerate(excluded) if out and out.items() <= combination.items()]
            for index in hits:
                unused.pop(index, None)
            if not hits:
                yield combination
        for index, out in unused.items():
            if out and out.keys() <= matrix.keys():
                self.problems.warning(
                    "exclude matches nothing",
                    "No combination of the matrix has these values.",
                    at=place.at("exclude", index),
                    address=f"{address}.exclude.{index}",
                )

    def _shot(self, placed: PlacedShot, matrix: dict[str, Any]) -> Shot:
        entry, place = placed.entry, placed.place
        outer = {**self.project.vars, **matrix}
        shot_id = self._text(entry.id, outer, place.at("id"), placed.address)
        self._check_id(shot_id, place, placed.address)
        address = f"shots.{shot_id}"
        own = {
            name: self._deep(value, outer, place.at("vars", name), f"{address}.vars.{name}")
            for name, value in entry.vars.items()
        }
        scope = {**outer, **own}
        provider = self.profile.provider or self._maybe(entry.provider, scope, place.at("provider"), address)
        provider = provider or self.project.spec.provider
        tags = self._texts(entry.tags, scope, place.at("tags"), address)
        parameters = self._parameters(placed, scope, provider, address)
        takes = self.profile.takes or entry.takes or self.project.spec.defaults.takes or 1
        visible = {
            name: typed(w.value) if isinstance(w.value, str) else w.value for name, w in parameters.items()
        }
        scope["shot"] = {**dict.fromkeys(_NAMED), **visible, "id": shot_id, "tags": tags}
        scope["project"] = {"name": self.project.name}
        return Shot(
            id=shot_id,
            provider=provider,
            model=self._model(placed, scope, provider, address),
            provider_place=self._said(placed, "provider"),
            model_place=self._said(placed, "model"),
            template=self._maybe(entry.template, scope, place.at("template"), address),
            prompt=entry.prompt,
            references=self._texts(entry.references, scope, place.at("references"), address),
            tags=tags,
            takes=takes,
            upstream=self._upstream(placed, scope, address),
            parameters=parameters,
            scope=scope,
            place=place,
            ordinal=self.ordinal,
        )

    def _model(self, placed: PlacedShot, scope: Mapping[str, Any], provider: str, address: str) -> str | None:
        """A model belongs to a provider: one named beside another provider does not count."""
        entry, spec = placed.entry, self.project.spec
        if self.profile.model:
            return self.profile.model
        beside = self._maybe(entry.provider, scope, placed.place.at("provider"), address) or spec.provider
        if entry.model and beside == provider:
            return self._maybe(entry.model, scope, placed.place.at("model"), address)
        return spec.model if provider == spec.provider else None

    def _said(self, placed: PlacedShot, key: str) -> Place:
        """Where the provider or the model of a shot was written: profile, shot, or project."""
        if getattr(self.profile, key) is not None:
            return self.profile_place.at(key)
        if getattr(placed.entry, key) is not None:
            return placed.place.at(key)
        return Place(self.project.file, (key,))

    def _upstream(self, placed: PlacedShot, scope: Mapping[str, Any], address: str) -> Upstream | None:
        link = placed.entry.from_shot
        if link is None:
            return None
        return Upstream(self._text(link.id, scope, placed.place.at("from_shot", "id"), address), link.use)

    def _parameters(
        self, placed: PlacedShot, scope: Mapping[str, Any], provider: str, address: str
    ) -> dict[str, Written]:
        found: dict[str, Written] = {}
        layers: tuple[tuple[Parameters, Place], ...] = (
            (self.project.spec.defaults, Place(self.project.file, ("defaults",))),
            (placed.entry, placed.place),
            (self.profile, self.profile_place),
        )
        for layer, place in layers:
            found.update(_layer(layer, place, provider))
        return {
            name: Written(self._rendered(written, scope, f"{address}.{name}"), written.place)
            for name, written in found.items()
        }

    def _rendered(self, written: Written, scope: Mapping[str, Any], address: str) -> Any:
        if isinstance(written.value, str) and "{" in written.value:
            return self._text(written.value, scope, written.place, address)
        return written.value

    def _check_id(self, shot_id: str, place: Place, address: str) -> None:
        if not SHOT_ID.fullmatch(shot_id):
            shown = shot_id if len(shot_id) <= 70 else shot_id[:70] + "…"
            self.problems.error(
                "shot id not allowed",
                f"{shown!r}: use letters, digits, `.`, `_` and `-`, at most 64, a letter or digit first.",
                at=place.at("id"),
                address=f"{address}.id",
            )
            raise _Skip
        if shot_id.lower().split(".")[0] in _RESERVED:
            self.problems.error(
                "shot id not allowed",
                f"{shot_id!r} is a device name on some systems, and an id becomes a file name.",
                at=place.at("id"),
                address=f"{address}.id",
            )
            raise _Skip

    def _deep(self, value: Any, scope: Mapping[str, Any], place: Place, address: str) -> Any:
        if isinstance(value, str):
            return self._text(value, scope, place, address)
        if isinstance(value, list):
            return [self._deep(item, scope, place.at(i), address) for i, item in enumerate(value)]
        if isinstance(value, dict):
            return {key: self._deep(item, scope, place.at(key), address) for key, item in value.items()}
        return value

    def _texts(
        self, values: tuple[str, ...], scope: Mapping[str, Any], place: Place, address: str
    ) -> tuple[str, ...]:
        return tuple(self._text(value, scope, place.at(i), address) for i, value in enumerate(values))

    def _maybe(self, value: str | None, scope: Mapping[str, Any], place: Place, address: str) -> str | None:
        return None if value is None else self._text(value, scope, place, address)

    def _text(self, source: str, scope: Mapping[str, Any], place: Place, address: str) -> str:
        try:
            return self.templates.text(source, scope)
        except TemplateFailure as failure:
            note_failure(failure, place, address, self.problems)
            raise _Skip from failure


def _layer(layer: Parameters, place: Place, provider: str) -> Iterator[tuple[str, Written]]:
    """The parameters that one layer writes, for one provider; the most specific last."""
    for name in _NAMED:
        value = getattr(layer, name)
        if value is not None:
            yield name, Written(value, place.at(name))
    for name, value in layer.options.items():
        if not isinstance(value, dict):
            yield name, Written(value, place.at("options", name))
    own = layer.options.get(provider)
    if isinstance(own, dict):
        for name, value in own.items():
            yield name, Written(value, place.at("options", provider, name))


def note_failure(failure: TemplateFailure, place: Place, address: str, problems: Problems) -> None:
    """Note a template's failure: in the template file when it happened there, else in the YAML."""
    if failure.file is None:
        problems.error(failure.summary, failure.detail, at=place, address=address)
        return
    spot = Spot(failure.line or 1, 1)
    problems.add(
        Diagnostic(
            Severity.ERROR, failure.summary, failure.detail, address, failure.file, None, Part.VALUE, spot
        )
    )
