"""Wire: a request as its model wants it on the wire, by what the card says. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seedgen.project.cards import wire_prompt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seedgen.planning.request import Request
    from seedgen.project.cards import MediaLimits, ModelCard


def model_input(request: Request, card: ModelCard, urls: Sequence[str]) -> dict[str, Any]:
    """The model's fields: prompt in its own syntax, every parameter, references by field.

    `urls` stand beside the request's references. Every parameter of the card is sent, also one that
    the fingerprint leaves out because the card learnt it later: a provider's default may move.
    """
    values = {name: card.default_of(name) for name in card.parameters} | dict(request.parameters)
    body: dict[str, Any] = {"prompt": wire_prompt(request.prompt, card)}
    body |= {name: card.wire_value(name, value) for name, value in values.items()}
    return body | _media(request, card, urls)


def _media(request: Request, card: ModelCard, urls: Sequence[str]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for reference, url in zip(request.references, urls, strict=True):
        limits = card.references.limits(reference.type)
        if limits is None:
            continue
        if limits.single:
            fields[_next_field(limits, fields)] = url
        else:
            field = limits.face_field if reference.face and limits.face_field else limits.field
            fields.setdefault(field, []).append(url)
    return fields


def _next_field(limits: MediaLimits, taken: dict[str, Any]) -> str:
    """The first of the fields that is still free; the card's limit says there is one."""
    return next(field for field in (limits.field, *limits.next_fields) if field not in taken)
