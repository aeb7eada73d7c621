"""Layers: a shot's parameters from the profile, the shot itself and the defaults, in that precedence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seedgen.project.diagnostics import Place
from seedgen.project.models import EACHLABS, LOCAL, OXEN
from seedgen.project.shots import Written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seedgen.project.loader import PlacedShot, Project
    from seedgen.project.models import Parameters, Profile

NAMED = ("resolution", "aspect_ratio", "duration", "generate_audio")
_PROVIDERS = frozenset({LOCAL, EACHLABS, OXEN})


class Layers:
    """Reads parameters as written, with their places. What all shots share is read once per provider."""

    def __init__(self, project: Project, profile: Profile, profile_place: Place) -> None:
        self._defaults = project.spec.defaults
        self._defaults_place = Place(project.file, ("defaults",))
        self._profile = profile
        self._profile_place = profile_place
        self._shared: dict[str, tuple[dict[str, Written], dict[str, Written]]] = {}

    def of(self, placed: PlacedShot, provider: str) -> dict[str, Written]:
        """Every parameter that is written anywhere for a shot on a provider."""
        if provider not in self._shared:
            self._shared[provider] = (
                dict(_written(self._defaults, self._defaults_place, provider)),
                dict(_written(self._profile, self._profile_place, provider)),
            )
        under, over = self._shared[provider]
        return {**under, **dict(_written(placed.entry, placed.place, provider)), **over}


def _written(layer: Parameters, place: Place, provider: str) -> Iterator[tuple[str, Written]]:
    """The parameters that one layer writes, for one provider; the most specific last."""
    for name in NAMED:
        value = getattr(layer, name)
        if value is not None:
            yield name, Written(value, place.at(name))
    for name, value in layer.options.items():
        # What stands under another provider's name is not for this one; any other name is a parameter.
        if not (isinstance(value, dict) and name in {*_PROVIDERS, provider}):
            yield name, Written(value, place.at("options", name))
    own = layer.options.get(provider)
    if isinstance(own, dict):
        for name, value in own.items():
            yield name, Written(value, place.at("options", provider, name))
