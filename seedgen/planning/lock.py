"""Lock: which clip each shot has. The value behind `seedgen.lock`, and its one way of being written."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
)

from seedgen.digest import Digest, Fingerprint
from seedgen.project.media import MediaType
from seedgen.timing import Rate

Hex64 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Money = Annotated[
    Decimal, PlainSerializer(lambda value: format(value, "f"), return_type=str, when_used="json")
]
"""USD, as a decimal string in JSON."""
Dollars = Annotated[Money, Field(ge=0, lt=10**24, decimal_places=40)]
"""An amount that was read: `1e999999999` is a number too, and would be written out in full."""
Number = Annotated[int, Field(ge=0, lt=2**53)]
"""A count that was read; a larger one has no canonical JSON."""


def _frame_rate(text: str) -> str:
    Rate.parse(text)
    return text


FrameRate = Annotated[str, AfterValidator(_frame_rate)]

IMPORTED = "imported"
"""The job id of a take whose clip came from a file."""

_AT_ONCE = 200
"""Shots that are values and text at once: as values, 10,000 of them take more than a hundred megabytes."""


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class ReferenceRecord(_Record):
    """A reference of a recorded request."""

    type: MediaType
    id: str
    face: bool | None = None


class RequestRecord(_Record):
    """A request as it was fingerprinted."""

    v: int
    provider: str
    model: str
    prompt: str
    parameters: dict[str, Any]
    references: tuple[ReferenceRecord, ...]
    take: int

    def canonical(self) -> dict[str, Any]:
        """The canonical JSON value: a face that was not part of it is not written."""
        value = self.model_dump(mode="json")
        for reference in value["references"]:
            if reference["face"] is None:
                del reference["face"]
        return value


class Take(_Record):
    """One generated result: the record that the cache holds by fingerprint and the lock by shot.

    `cost_usd` is what it cost, None when that is unknown; `cost_estimated` says that the number is
    the estimate and not the provider's bill. `rate` is frames per second as `24/1`.
    """

    take: int = Field(ge=1)
    fingerprint: Hex64
    digest: Hex64
    provider: str
    model: str
    job_id: str
    cost_usd: Dollars | None
    cost_estimated: bool
    frames: Number
    rate: FrameRate

    @property
    def key(self) -> Fingerprint:
        """The fingerprint as its own type."""
        return Fingerprint(self.fingerprint)

    @property
    def clip(self) -> Digest:
        """The digest of the take's clip."""
        return Digest(self.digest)


class LockedShot(_Record):
    """What a shot has. `fingerprint` and `request` are those of its take 1.

    `accepted_from` is the fingerprint under which the clip was generated, when it was accepted for
    a request that changed since.
    """

    fingerprint: Hex64
    request: RequestRecord
    takes: tuple[Take, ...]
    pick: int = 1
    accepted_from: Hex64 | None = None

    @property
    def key(self) -> Fingerprint:
        """The fingerprint as its own type."""
        return Fingerprint(self.fingerprint)

    def take(self, number: int) -> Take | None:
        """One of its takes."""
        return next((take for take in self.takes if take.take == number), None)

    @property
    def picked(self) -> Take | None:
        """The take that goes into the reel."""
        return self.take(self.pick) or (self.takes[0] if self.takes else None)


class ReelRecord(_Record):
    """A reel as assembled from these shots: the same lock, settings and ffmpeg give it again."""

    digest: Hex64
    frames: Number
    rate: FrameRate


class Lock(_Record):
    """seedgen.lock"""

    version: Literal[1] = 1
    serial: Number = Field(0, description="Grows by one with every change of its shots.")
    plan_id: str | None = Field(None, description="The plan that was applied last.")
    shots: dict[str, LockedShot] = Field(default_factory=dict)
    reels: dict[str, ReelRecord] = Field(
        default_factory=dict,
        description="Reels that show a clip of every shot.",
    )

    def to_text(self) -> str:
        """The file's text: the same state always gives the same bytes."""
        value = self.model_dump(mode="json", exclude={"shots"} if self.reels else {"shots", "reels"})
        text = _json(value | {"shots": {}}) + "\n"
        if not self.shots:
            return text
        # No text within JSON has a line end, so that there is one such place.
        before, shots, after = text.partition('\n  "shots": {')
        names = sorted(self.shots)
        parts = (self._some_shots(names[at : at + _AT_ONCE]) for at in range(0, len(names), _AT_ONCE))
        return f"{before}{shots}\n" + ",\n".join(parts) + f"\n  {after}"

    def _some_shots(self, names: list[str]) -> str:
        """What stands within the braces of `shots`, two levels deep."""
        values = {
            name: shot.model_dump(mode="json", exclude={"request"}) | {"request": shot.request.canonical()}
            for name, shot in ((name, self.shots[name]) for name in names)
        }
        return _json({"": values})[len('{\n  "": {\n') : -len("\n  }\n}")]

    def with_shots(self, shots: dict[str, LockedShot], plan_id: str | None) -> Lock:
        """The next lock, without reels; the same one when the shots are the same."""
        if shots == self.shots:
            return self
        return Lock(version=1, serial=self.serial + 1, plan_id=plan_id, shots=shots)

    def with_reels(self, reels: dict[str, ReelRecord]) -> Lock:
        """The same shots with other reels."""
        return self.model_copy(update={"reels": reels})


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, indent=2, ensure_ascii=False)
