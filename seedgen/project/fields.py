"""Fields: the frozen model and the kinds of values that all parts of the project file share."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

COLOUR = r"^#[0-9a-fA-F]{6}$"
REPOSITORY = r"^[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*$"
SHA256 = r"^[0-9a-f]{64}$"
NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"


def source_text(value: Any) -> Any:
    """What was written for a scalar, where the model wants a string: `id: 10` is "10"."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")  # str() would write 0.0000001 as 1E-7
    return value


Text = Annotated[str, BeforeValidator(source_text, json_schema_input_type=str | int | float | bool)]
"""A string; numbers and truth values count as they are written."""

Usd = Annotated[Decimal, Field(ge=0, lt=10**9, decimal_places=40)]
"""An amount; `1e999999999` is a number too, but nothing that can be reckoned with."""

Name = Annotated[str, BeforeValidator(source_text), StringConstraints(pattern=NAME)]
Count = Annotated[int, Field(ge=1, le=100)]
Jobs = Annotated[int, Field(ge=1, le=1000)]
Minutes = Annotated[int, Field(ge=1, le=1440)]
Repository = Annotated[str, StringConstraints(pattern=REPOSITORY)]
Parameter = Text | None


class Model(BaseModel):
    """Frozen; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    stand_in: ClassVar[Mapping[str, str] | None] = None
    """What takes the place of one that is wrong in a list, while the rest is checked."""
