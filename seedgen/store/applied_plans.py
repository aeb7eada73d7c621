"""Applied plans: which saved plans were carried out, or begun, so that each is paid for once.

With the journal, because whoever shares the one must share the other: a plan that was applied in one
checkout is not paid for again from a second one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from seedgen.errors import StoreError
from seedgen.store.disk import replace_text

if TYPE_CHECKING:
    from pathlib import Path


class AppliedPlan(BaseModel):
    """A saved plan that was begun. `done` when nothing of it was left.

    `plan_ids` are those of the plans that were carried out for it, by which the lock is known for one
    that it wrote. `attempts` are how many submits the journal knew of each request to be replaced.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int = Field(1, ge=1, le=1)
    done: bool = False
    plan_ids: tuple[str, ...] = ()
    attempts: dict[str, int] = Field(default_factory=dict)


class AppliedPlans:
    """One small file for each plan."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, identity: str) -> AppliedPlan | None:
        """What is known of a plan. Raises StoreError: what cannot be read may stand for money."""
        try:
            return AppliedPlan.model_validate_json(self._path(identity).read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError) as error:
            raise StoreError(
                f"what is known of this plan cannot be read: {self._path(identity)}",
                remedy="`seedgen apply` plans afresh and needs it not.",
            ) from error

    def note(self, identity: str, applied: AppliedPlan) -> None:
        """Remember a plan durably."""
        replace_text(self._path(identity), applied.model_dump_json(indent=2) + "\n")

    def _path(self, identity: str) -> Path:
        return self._folder / f"{identity}.json"
