"""Models are built when first used; here all of them are, so that a broken one cannot hide."""

from __future__ import annotations

from pydantic import BaseModel

from seedgen.planning import lock
from seedgen.project import cards, models


def test_every_model_can_be_built() -> None:
    """A model whose annotations do not resolve would fail at its first use, in front of a user."""
    classes = [
        value
        for module in (models, cards, lock)
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, BaseModel)
        and value.__module__.startswith("seedgen.")
    ]
    assert len(classes) > 15
    for model in classes:
        model.model_rebuild(force=True, raise_errors=True)
        assert model.model_json_schema()["type"] == "object"
