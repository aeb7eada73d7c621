"""Bodies: what a shot's submit would carry, before anything is uploaded and without the network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from seedgen.planning.wire import model_input
from seedgen.project.media import Derived
from seedgen.project.models import EACHLABS, OXEN
from seedgen.providers import eachlabs_request, oxen_request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seedgen.planning.resolved import ResolvedShot
    from seedgen.project.media import Media
    from seedgen.project.models import ProviderSettings

HIDDEN = "***"
_SECRETS = ("webhook_secret",)


def request_body(shot: ResolvedShot, settings: ProviderSettings, root: Path) -> dict[str, Any]:
    """The JSON that a submit of the shot's first take would carry.

    Files stand as their path in the project, for what they are uploaded to is known only then, and what
    is taken from another shot's clip as `last_frame of 010`; a secret stands as `***`.
    """
    body = _body(shot, settings, [_named(location, root) for location in shot.media])
    return body | {name: HIDDEN for name in _SECRETS if body.get(name)}


def _body(shot: ResolvedShot, settings: ProviderSettings, urls: Sequence[str]) -> dict[str, Any]:
    request, card = shot.request, shot.card
    if card.provider == EACHLABS:
        return eachlabs_request.request_body(request, card, urls, settings.eachlabs)
    if card.provider == OXEN:
        return oxen_request.request_body(request, card, urls, settings.oxen)
    return {"model": card.model, **card.envelope, **model_input(request, card, urls)}


def _named(location: Media, root: Path) -> str:
    if isinstance(location, Derived):
        return f"{location.use} of {location.shot}"
    if isinstance(location, Path) and location.is_relative_to(root):
        return location.relative_to(root).as_posix()
    return str(location)
