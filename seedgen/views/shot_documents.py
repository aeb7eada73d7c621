"""One shot for programs: `seedgen show SHOT --json` and `seedgen render SHOT --json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from seedgen.planning.lock import Hex64, Money
from seedgen.project.cards import wire_prompt
from seedgen.project.media import MediaType
from seedgen.views.document import Document
from seedgen.views.documents import ChangeDocument, change_document, drop_empty
from seedgen.views.paint import harmless_json
from seedgen.views.words import media_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seedgen.planning.lock import LockedShot, Take
    from seedgen.planning.plan import Plan
    from seedgen.planning.resolved import ResolvedShot
    from seedgen.project.media import Media


class ReferenceDocument(Document):
    """One reference, in the order in which it is sent."""

    type: MediaType
    set: str = Field(description="The reference set that it comes from.")
    location: str = Field(
        description="A path from the project's folder, an address, or what is taken from another shot's clip."
    )
    id: str | None = Field(
        description="What it is by content: sha256:…, url:… where nobody knows, derived:… from a clip; "
        "null while there is no such clip."
    )
    face: bool | None = Field(description="Shows a real human face; null where the model does not ask.")


class TakeDocument(Document):
    """One take that the lock has."""

    take: int
    picked: bool = Field(description="Whether it goes into reels.")
    digest: Hex64
    clip: str | None = Field(description="Where its clip is; null when it is missing from the cache.")
    build: str | None = Field(description="The same under a readable name; null when it is not in build/.")
    provider: str
    model: str
    job_id: str
    cost_usd: Money | None
    cost_estimated: bool
    frames: int
    rate: str = Field(description="Frames per second as 24/1.")


class ShowDocument(Document):
    """What `seedgen show SHOT --json` prints."""

    format_version: Literal["1.0"] = "1.0"
    seedgen_version: str
    project: str
    profile: str | None
    shot: str
    tags: tuple[str, ...]
    provider: str
    model: str
    prompt: str = Field(description="In seedgen's words: references are <image 1>, whatever the model wants.")
    sent_prompt: str = Field(description="In the model's own words.")
    parameters: dict[str, Any]
    references: tuple[ReferenceDocument, ...]
    fingerprint: Hex64 | None = Field(description="Null while the shot that it continues has no clip.")
    takes: tuple[TakeDocument, ...]
    accepted_from: Hex64 | None = Field(
        description="The request of the clip, when it was accepted for another."
    )
    changes: tuple[ChangeDocument, ...] = Field(description="What an apply would do.")

    def text(self) -> str:
        """The document as JSON, two spaces deep; only a move has `from`."""
        value = self.model_dump(mode="json", by_alias=True)
        for change in value["changes"]:
            drop_empty(change)
        return harmless_json(json.dumps(value, indent=2, ensure_ascii=False)) + "\n"


class RenderDocument(Document):
    """What `seedgen render SHOT --json` prints."""

    format_version: Literal["1.0"] = "1.0"
    seedgen_version: str
    project: str
    profile: str | None
    shot: str
    provider: str
    model: str
    fingerprint: Hex64 | None = Field(description="Null while the shot that it continues has no clip.")
    sent_prompt: str
    body: dict[str, Any] = Field(description="The request's body; files stand where their addresses will.")


def show_document(
    shot: ResolvedShot,
    locked: LockedShot | None,
    plan: Plan,
    clips: Mapping[int, Path],
    copies: Mapping[int, Path],
    root: Path,
    version: str,
) -> ShowDocument:
    """Everything about one shot; paths are relative to the project where they can be."""
    request = shot.request
    references = zip(request.references, shot.media, shot.set_names, strict=True)
    return ShowDocument(
        seedgen_version=version,
        project=plan.project,
        profile=plan.profile,
        shot=shot.id,
        tags=shot.shot.tags,
        provider=request.provider,
        model=request.model,
        prompt=request.prompt,
        sent_prompt=wire_prompt(request.prompt, shot.card),
        parameters=dict(request.parameters),
        references=tuple(
            ReferenceDocument(
                type=one.type, set=name, location=_location(media, root), id=one.id, face=one.face
            )
            for one, media, name in references
        ),
        fingerprint=shot.fingerprint,
        takes=tuple(
            _take(take, clips.get(take.take), copies.get(take.take), root, picked=take == locked.picked)
            for take in (locked.takes if locked else ())
            if locked
        ),
        accepted_from=locked.accepted_from if locked else None,
        changes=tuple(change_document(change) for change in plan.changes),
    )


def _location(media: Media, root: Path) -> str:
    if not isinstance(media, Path):
        return media_words(media)
    return (media.relative_to(root) if media.is_relative_to(root) else media).as_posix()


def _take(take: Take, clip: Path | None, copy: Path | None, root: Path, *, picked: bool) -> TakeDocument:
    return TakeDocument(
        take=take.take,
        picked=picked,
        digest=take.digest,
        clip=_location(clip, root) if clip else None,
        build=_location(copy, root) if copy else None,
        provider=take.provider,
        model=take.model,
        job_id=take.job_id,
        cost_usd=take.cost_usd,
        cost_estimated=take.cost_estimated,
        frames=take.frames,
        rate=take.rate,
    )


def render_document(
    shot: ResolvedShot, body: Mapping[str, Any], project: str, profile: str | None, version: str
) -> RenderDocument:
    """A shot's request as it would be sent."""
    return RenderDocument(
        seedgen_version=version,
        project=project,
        profile=profile,
        shot=shot.id,
        provider=shot.request.provider,
        model=shot.request.model,
        fingerprint=shot.fingerprint,
        sent_prompt=wire_prompt(shot.request.prompt, shot.card),
        body=dict(body),
    )
