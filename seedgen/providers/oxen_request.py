"""Oxen's requests: the body that a submit carries, and which references can reach the service. Pure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from seedgen.planning.wire import model_input
from seedgen.project.media import MediaType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seedgen.planning.request import Request, RequestReference
    from seedgen.project.cards import ModelCard
    from seedgen.project.media import Media
    from seedgen.project.models import OxenSettings

UPLOAD_REMEDY = (
    "Give the reference as a URL that anybody can open, or set providers.oxen.upload_repo and "
    "public_uploads: true; files in that repository are public."
)


def request_body(
    request: Request, card: ModelCard, urls: Sequence[str], settings: OxenSettings
) -> dict[str, Any]:
    """The JSON that is submitted. `urls` stand beside the request's references."""
    body = {"model": card.model, **card.envelope, **model_input(request, card, urls)}
    if settings.target_namespace is not None:
        body["target_namespace"] = settings.target_namespace
    return body


def fits_inside(reference: RequestReference, settings: OxenSettings) -> bool:
    """Whether a file of this kind may travel inside the request, as far as its size allows."""
    return settings.data_uris and reference.type is MediaType.IMAGE and not reference.face


def uploads_allowed(settings: OxenSettings) -> bool:
    """Whether the project names a repository for files and says that they may be public."""
    return settings.upload_repo is not None and settings.public_uploads


def unreachable(request: Request, media: Sequence[Media], settings: OxenSettings) -> str:
    """Why a file among a request's references cannot be sent; empty when all can.

    Sizes are not looked at: a file too large to travel inside the request is told of when it is sent.
    """
    for reference, location in zip(request.references, media, strict=True):
        if isinstance(location, str) or uploads_allowed(settings) or fits_inside(reference, settings):
            continue
        what = location.name if isinstance(location, Path) else f"what it takes over from {location.shot}"
        return f"{what}: {_missing(settings)}"
    return ""


def _missing(settings: OxenSettings) -> str:
    if settings.upload_repo is None:
        return "Oxen.ai takes files only through a public repository, and the project names none"
    return "Oxen.ai would make the file public, and the project does not say public_uploads: true"
