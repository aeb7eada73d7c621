"""Key order: which keys a mapping of the project file knows, in the order of the models' fields."""

from __future__ import annotations

from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

from seedgen.project.fields import Model

if TYPE_CHECKING:
    from collections.abc import Iterator

Shape = Any
"""What may stand at a place of the file: a model, a field's annotation, or None where anything may."""


def known_keys(shape: Shape) -> dict[str, Shape]:
    """The keys of a model with what stands under them; empty for a mapping whose keys are free.

    A model's own fields come before those that it shares with others: a shot begins with its id, and what
    it has in common with `defaults` follows.
    """
    for one in _alternatives(shape):
        if isinstance(one, type) and issubclass(one, Model):
            shared = {name for base in one.__bases__ for name in getattr(base, "model_fields", ())}
            fields = sorted(one.model_fields.items(), key=lambda item: item[0] in shared)
            return {field.alias or name: field.annotation for name, field in fields}
    return {}


def under(shape: Shape, key: str) -> Shape:
    """What may stand under a key."""
    known = known_keys(shape)
    if known:
        return known.get(key)
    return next((get_args(one)[1] for one in _alternatives(shape) if get_origin(one) is dict), None)


def item_of(shape: Shape) -> Shape:
    """What may stand in a list."""
    return next((get_args(one)[0] for one in _alternatives(shape) if get_origin(one) is tuple), None)


def _alternatives(shape: Shape) -> Iterator[Any]:
    origin: Any = get_origin(shape)
    if origin is Annotated:
        yield from _alternatives(get_args(shape)[0])
    elif origin in (Union, UnionType):
        for one in get_args(shape):
            yield from _alternatives(one)
    else:
        yield shape
