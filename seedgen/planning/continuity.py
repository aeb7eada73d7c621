"""Continuity: what a shot takes over from the clip of the one that it continues, before there is a clip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seedgen.planning.frame import requested_size
from seedgen.planning.pricing import seconds_of
from seedgen.project.cards import AUTO
from seedgen.project.media import Derived, MediaFacts, MediaType
from seedgen.project.models import FROM_SHOT, FromShotUse
from seedgen.project.survey import KnownReference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seedgen.planning.request import Request
    from seedgen.project.cards import ModelCard
    from seedgen.project.diagnostics import Place
    from seedgen.project.shots import Upstream

TYPES = {FromShotUse.LAST_FRAME: MediaType.IMAGE, FromShotUse.CLIP: MediaType.VIDEO}
_FORMATS = {FromShotUse.LAST_FRAME: "png", FromShotUse.CLIP: "mp4"}


def derived_reference(
    upstream: Upstream, place: Place, made_by: tuple[Request, ModelCard] | None
) -> KnownReference:
    """What a shot takes over, as a reference among its others.

    `made_by` is the request of the shot that is continued, which says how large and how long its clip
    will be; None where that shot has an error.
    """
    return KnownReference(
        FROM_SHOT,
        TYPES[upstream.use],
        upstream.face,
        None,
        Derived(upstream.shot, upstream.use),
        None if made_by is None else _facts(upstream.use, *made_by),
        place,
    )


def _facts(use: FromShotUse, request: Request, card: ModelCard) -> MediaFacts:
    """What is known of it beforehand: no bytes, and no length where the model decides."""
    size = requested_size(request.parameters)
    lasts = use is FromShotUse.CLIP and request.parameters.get("duration", AUTO) != AUTO
    seconds = seconds_of(request, card) if lasts else 0
    return MediaFacts(TYPES[use], _FORMATS[use], 0, size.width, size.height, seconds)


def first_field_taken(upstream: Upstream, declared: Sequence[KnownReference], card: ModelCard) -> bool:
    """Whether the model begins with its first picture, and the shot has declared another one."""
    kind = TYPES[upstream.use]
    limits = card.references.limits(kind)
    return limits is not None and limits.single and any(one.type is kind for one in declared)
