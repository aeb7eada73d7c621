"""Expand: from entries to shots. The matrix is multiplied out, the profile laid over, strings rendered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seedgen.project.diagnostics import (
    Diagnostic,
    Part,
    Place,
    Problems,
    Severity,
    Spot,
    did_you_mean,
    dotted,
)
from seedgen.project.layers import NAMED, Layers
from seedgen.project.matrix import combination_count, combinations, too_many
from seedgen.project.models import Profile
from seedgen.project.scalars import typed
from seedgen.project.shots import Shot, Upstream, Written, id_problem
from seedgen.project.templates import TemplateFailure, Templates

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seedgen.project.loader import PlacedShot, Project

_MAX_SHOTS = 100_000


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
        " Rename one."
        if other.place != shot.place
        else " The matrix makes it more than once: put all its variables into the id."
    )
    problems.error(
        "shot id used twice",
        f"Ids are unique{same}.{where}",
        at=shot.place.at("id"),
        address=f"{shot.address}.id",
        first=None if other.place == shot.place else other.place.at("id"),
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
        self.layers = Layers(project, profile, self.profile_place)
        self.ordinal = 0
        self.combined = 0

    def entry(self, placed: PlacedShot) -> Iterator[Shot]:
        entry = placed.entry
        count = combination_count(placed)
        self.combined += count
        if self.combined > _MAX_SHOTS or too_many(placed):
            at = placed.place.at("matrix") if entry.matrix else placed.place
            self.problems.error(
                "too many shots",
                f"At most {_MAX_SHOTS:,} combinations in one project; this makes {count:,}.",
                at=at,
                address=placed.address,
            )
            return
        for combination in combinations(placed, self.problems):
            try:
                yield self._shot(placed, combination)
            except _Skip:
                continue
            finally:
                self.ordinal += 1

    def _shot(self, placed: PlacedShot, matrix: dict[str, Any]) -> Shot:
        entry, place = placed.entry, placed.place
        outer = {**self.project.vars, **matrix}
        shot_id = self._text(entry.id, outer, place.at("id"), placed.address)
        if problem := id_problem(shot_id):
            self.problems.error(
                "shot id not allowed", problem, at=place.at("id"), address=f"{placed.address}.id"
            )
            raise _Skip
        address = f"shots.{shot_id}"
        own = {
            name: self._deep(value, outer, place, ("vars", name), address)
            for name, value in entry.vars.items()
        }
        scope = {**outer, **own}
        provider = self.profile.provider or self._maybe(entry.provider, scope, place.at("provider"), address)
        provider = provider or self.project.spec.provider
        tags = self._texts(entry.tags, scope, place, "tags", address)
        parameters = {
            name: self._rendered(written, scope, f"{address}.{name}")
            for name, written in self.layers.of(placed, provider).items()
        }
        takes = self.profile.takes or entry.takes or self.project.spec.defaults.takes or 1
        visible = {
            name: typed(w.value) if isinstance(w.value, str) else w.value for name, w in parameters.items()
        }
        scope["shot"] = {**dict.fromkeys(NAMED), **visible, "id": shot_id, "tags": tags}
        scope["project"] = {"name": self.project.name}
        return Shot(
            id=shot_id,
            provider=provider,
            model=self._model(placed, scope, provider, address),
            provider_place=self._said(placed, "provider"),
            model_place=self._said(placed, "model"),
            template=self._maybe(entry.template, scope, place.at("template"), address),
            prompt=entry.prompt,
            references=self._texts(entry.references, scope, place, "references", address),
            tags=tags,
            takes=takes,
            upstream=self._upstream(placed, scope, address),
            parameters=parameters,
            scope=scope,
            place=place,
            ordinal=self.ordinal,
            whole=placed.whole,
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
        shot_id = self._text(link.id, scope, placed.place.at("from_shot", "id"), address)
        return Upstream(shot_id, link.use, link.face)

    def _rendered(self, written: Written, scope: Mapping[str, Any], address: str) -> Written:
        if isinstance(written.value, str) and "{" in written.value:
            return Written(self._text(written.value, scope, written.place, address), written.place)
        return written

    def _deep(
        self, value: Any, scope: Mapping[str, Any], place: Place, path: tuple[str | int, ...], address: str
    ) -> Any:
        """A variable with every string in it rendered; `path` leads to it from the shot's place."""
        if isinstance(value, str):
            if "{" not in value:
                return value
            return self._text(value, scope, place.at(*path), f"{address}.{dotted(path)}")
        if isinstance(value, list):
            return [self._deep(item, scope, place, (*path, i), address) for i, item in enumerate(value)]
        if isinstance(value, dict):
            return {key: self._deep(item, scope, place, (*path, key), address) for key, item in value.items()}
        return value

    def _texts(
        self, values: tuple[str, ...], scope: Mapping[str, Any], place: Place, key: str, address: str
    ) -> tuple[str, ...]:
        return tuple(
            self._text(value, scope, place.at(key, i), address) if "{" in value else value
            for i, value in enumerate(values)
        )

    def _maybe(self, value: str | None, scope: Mapping[str, Any], place: Place, address: str) -> str | None:
        return None if value is None else self._text(value, scope, place, address)

    def _text(self, source: str, scope: Mapping[str, Any], place: Place, address: str) -> str:
        try:
            return self.templates.text(source, scope)
        except TemplateFailure as failure:
            note_failure(failure, place, address, self.problems)
            raise _Skip from failure


def note_failure(failure: TemplateFailure, place: Place, address: str, problems: Problems) -> None:
    """Note a template's failure: in the template file when it happened there, else in the YAML."""
    if failure.file is None:
        problems.add(
            Diagnostic(
                Severity.ERROR,
                failure.summary,
                failure.detail,
                address,
                place.file,
                place.path,
                place.part,
                within=failure.passage,
            )
        )
        return
    spot = failure.passage.spot if failure.passage else Spot(failure.line or 1, 1)
    problems.add(
        Diagnostic(
            Severity.ERROR, failure.summary, failure.detail, address, failure.file, None, Part.VALUE, spot
        )
    )
