"""Saved plan: a plan as frozen data, from which it can be shown, and with which a later one is compared.

Data only: nothing in it is a path that anybody opens, an address, a key or a time. The same plan of the
same project always gives the same bytes.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field, model_validator

from seedgen.digest import digest_bytes, digest_json
from seedgen.planning.freezing import canonical, frozen, read, thawed, written
from seedgen.planning.frozen import (
    Frozen,
    FrozenLock,
    FrozenPick,
    FrozenReel,
    FrozenTake,
    Label,
    ProfileName,
)
from seedgen.planning.lock import Dollars, Hex64
from seedgen.planning.plan import Action, Plan, ReelAction, ReelChange

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from decimal import Decimal

    from seedgen.planning.lock import Lock


class SavedPlan(Frozen):
    """What `seedgen plan -o FILE` writes."""

    seedgen_plan: Literal[1] = Field(1, description="The version of this format.")
    seedgen_version: Label
    project: Label
    profile: ProfileName | None
    variables: dict[str, Any] = Field(
        description="Given with --var and --var-file. A number with a point is {decimal: TEXT}, a mapping "
        "{mapping: [[NAME, VALUE] …]}, so that each keeps how it was written."
    )
    selected: tuple[Label, ...] = Field(description="Every shot that the plan is about.")
    replaced: tuple[Label, ...] = Field(description="Shots to generate anew whatever the cache holds.")
    max_cost_usd: Dollars | None = Field(description="The cap that it was made under.")
    lock: FrozenLock
    plan_id: Hex64
    takes: tuple[FrozenTake, ...] = Field(description="Every take of the selected shots, in order.")
    reels: tuple[FrozenReel, ...]
    unpicked: tuple[FrozenPick, ...] = Field(
        (),
        description="Takes that are picked, and no longer once their shots have takes for another request.",
    )

    @model_validator(mode="after")
    def _is_its_own(self) -> Self:
        if self.plan().plan_id != self.plan_id:
            raise ValueError("the plan_id is not that of these changes")
        return self

    def plan(self) -> Plan:
        """The plan that was saved, without where its references lie."""
        takes = tuple(map(thawed, self.takes))
        reels = tuple(
            ReelChange(reel.reel, reel.action, reel.stand_ins, reel.left_out) for reel in self.reels
        )
        unpicked = tuple((pick.shot, pick.take) for pick in self.unpicked)
        return Plan(self.project, self.profile, self.lock.serial, takes, reels, unpicked=unpicked)

    def overrides(self) -> dict[str, Any]:
        """The variables as they were given. Raises ValueError."""
        return {name: read(value) for name, value in self.variables.items()}

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all to do."""
        acts = any(take.action is not Action.UNCHANGED for take in self.takes)
        return not acts and all(reel.action is ReelAction.UNCHANGED for reel in self.reels)

    @property
    def costs(self) -> bool:
        """Whether it costs money, or may."""
        return any(take.submits and take.cost_usd != 0 for take in self.takes)

    def identity(self) -> str:
        """Names the plan among those that were applied: whatever it would do to which lock."""
        parts = [
            [take.shot, take.take, take.action.value, take.fingerprint or canonical(take)]
            for take in self.takes
        ]
        return digest_json({"plan": self.plan_id, "lock": self.lock.digest, "takes": parts})

    def to_text(self) -> str:
        """The file's text: the same plan always gives the same bytes."""
        value = self.model_dump(mode="json", exclude={"takes": {"__all__": {"request"}}})
        for written_take, take in zip(value["takes"], self.takes, strict=True):
            written_take["request"] = canonical(take)
        return json.dumps(value, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def freeze(
    plan: Plan,
    lock: Lock,
    *,
    version: str,
    variables: Mapping[str, Any],
    replaced: Collection[str] = (),
    max_cost: Decimal | None = None,
) -> SavedPlan:
    """A plan, and what it was made from, as data."""
    shots = {change.shot for change in plan.takes}
    left = {change.moved_from for change in plan.takes if change.moved_from is not None}
    return SavedPlan(
        seedgen_version=version,
        project=plan.project,
        profile=plan.profile,
        variables={name: written(value) for name, value in variables.items()},
        selected=tuple(sorted(shots | left)),
        replaced=tuple(sorted(set(replaced))),
        max_cost_usd=max_cost,
        lock=FrozenLock(serial=plan.lock_serial, digest=lock_digest(lock)),
        plan_id=plan.plan_id,
        takes=tuple(map(frozen, plan.takes)),
        reels=tuple(
            FrozenReel(reel=one.reel, action=one.action, stand_ins=one.stand_ins, left_out=one.left_out)
            for one in plan.reels
        ),
        unpicked=tuple(FrozenPick(shot=shot, take=take) for shot, take in plan.unpicked),
    )


def lock_digest(lock: Lock) -> str:
    """The digest of what a lock says of its shots. Reels are made from them, and decide nothing."""
    bare = lock.model_copy(update={"serial": 0, "plan_id": None, "reels": {}})
    return digest_bytes(bare.to_text().encode("utf-8"))
