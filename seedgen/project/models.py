"""The project file as typed, frozen models. The JSON Schema of `seedgen.yaml` is generated from them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from seedgen.project.fields import (
    SHA256,
    Count,
    Jobs,
    Minutes,
    Model,
    Name,
    Parameter,
    Repository,
    Text,
    Usd,
    source_text,
)
from seedgen.project.reels import Reel

LOCAL, EACHLABS, OXEN = "local", "eachlabs", "oxen"

FACE_HELP = "Shows a real human face. Models with face fields need to know."
_OTHER_PROVIDER_HELP = "Another one than the project's."
_OTHER_MODEL_HELP = "Another one than the project's, or the provider's default."
_JOBS_HELP = "Jobs in flight at once. A 429 halves it for a while."


class Reference(Model):
    """One file or URL that guides generation."""

    stand_in = MappingProxyType({"url": "https://example.invalid/"})

    path: Text | None = Field(None, description="File, relative to the project.")
    url: Text | None = Field(None, description="https address that the provider can fetch.")
    sha256: Annotated[str, StringConstraints(pattern=SHA256)] | None = Field(
        None, description="Digest of the URL's bytes. With it, a new address of the same file costs nothing."
    )
    face: bool = Field(False, description=FACE_HELP)

    @model_validator(mode="after")
    def _one_source(self) -> Reference:
        if (self.path is None) == (self.url is None):
            raise ValueError("give either a path or a url")
        if self.sha256 and self.path:
            raise ValueError("sha256 goes with a url; a file's digest is computed")
        if self.url and not self.url.startswith("https://"):
            raise ValueError("a url starts with https://")
        return self


def _reference(value: Any) -> Any:
    value = source_text(value)
    if isinstance(value, str):
        return {"url": value} if value.startswith(("https://", "http://")) else {"path": value}
    return value


ReferenceEntry = Annotated[
    Reference,
    BeforeValidator(_reference, json_schema_input_type=str | Reference),
]


class ReferenceSet(Model):
    """A named, ordered group of references."""

    images: tuple[ReferenceEntry, ...] = Field((), description="Pictures, in the order in which they count.")
    videos: tuple[ReferenceEntry, ...] = Field((), description="Videos; ref() counts them behind the images.")
    audios: tuple[ReferenceEntry, ...] = Field((), description="Sounds; ref() counts them behind the videos.")

    @model_validator(mode="after")
    def _not_empty(self) -> ReferenceSet:
        if not (self.images or self.videos or self.audios):
            raise ValueError("a reference set has at least one of images, videos, audios")
        return self


class FromShotUse(StrEnum):
    """What a shot takes over from the one before it."""

    LAST_FRAME = "last_frame"
    CLIP = "clip"

    @property
    def words(self) -> str:
        """As it is called in a sentence."""
        return self.value.replace("_", " ")


FROM_SHOT = "from_shot"
"""What a prompt calls that reference in `ref()`; no reference set may have the name."""


class FromShot(Model):
    """Continuity: the shot and what of its clip guides this one."""

    id: Text = Field(description="The shot that this one continues.")
    use: FromShotUse = Field(
        FromShotUse.LAST_FRAME, description="last_frame: its last picture; clip: the whole clip."
    )
    face: bool = Field(False, description=FACE_HELP)

    @model_validator(mode="before")
    @classmethod
    def _more_than_an_id(cls, value: Any) -> Any:
        shot_id = source_text(value)
        if type(shot_id) is str:
            raise ValueError(f"write `{FROM_SHOT}: {{id: {shot_id}}}`")
        return value


class Parameters(Model):
    """What may stand in a shot, in defaults and in a profile."""

    resolution: Parameter = Field(None, description="480p, 720p, 1080p … as the model card allows.")
    aspect_ratio: Parameter = Field(None, description="16:9, 9:16, 1:1 … or auto.")
    duration: Parameter = Field(None, description="Whole seconds, or auto: the model decides.")
    generate_audio: Parameter = Field(None, description="Whether the model makes sound too.")
    takes: Count | None = Field(None, description="How many results to choose from.")
    options: dict[str, Any] = Field(
        default_factory=dict,
        description="Further parameters of the model. Under a provider's name they apply to it alone.",
    )


class Defaults(Parameters):
    """Parameters for every shot that does not say otherwise."""


class Profile(Parameters):
    """A way to run the same shots: who makes them and how good. It wins over what shots say."""

    provider: Text | None = Field(None, description=_OTHER_PROVIDER_HELP)
    model: Text | None = Field(None, description=_OTHER_MODEL_HELP)


class ShotEntry(Parameters):
    """One entry under `shots:`. Its strings are Jinja templates. `seedgen fmt` writes keys in this order."""

    id: Text = Field(description="Unique name; it becomes a file name. May use the matrix's variables.")
    matrix: dict[str, tuple[Any, ...]] = Field(
        default_factory=dict, description="One shot for every combination of these values."
    )
    exclude: tuple[dict[str, Any], ...] = Field((), description="Combinations of the matrix to leave out.")
    template: Text | None = Field(
        None, description="A file in templates/, or seedgen/NAME.j2 shipped with seedgen."
    )
    prompt: Text | None = Field(None, description="The prompt itself, instead of a template.")
    vars: dict[str, Any] = Field(
        default_factory=dict,
        description="Variables of this shot; they win over the matrix's and the project's.",
    )
    references: tuple[Text, ...] = Field((), description="Names of reference sets, in order.")
    tags: tuple[Text, ...] = Field((), description="Words to choose shots by, as in --select tag:NAME.")
    provider: Text | None = Field(None, description=_OTHER_PROVIDER_HELP)
    model: Text | None = Field(None, description=_OTHER_MODEL_HELP)
    from_shot: FromShot | None = Field(None, description="The shot whose clip this one goes on from.")

    @model_validator(mode="after")
    def _one_prompt(self) -> ShotEntry:
        if (self.template is None) == (self.prompt is None):
            both = "not both" if self.template else "there is neither"
            raise ValueError(f"give either a template or a prompt; {both}")
        return self


class LocalSettings(Model):
    """The embedded renderer."""

    concurrency: Count | None = Field(
        None, description="Clips rendered side by side; the number of cores by default."
    )


_WAIT_HELP = "How long one apply waits for a job. The job goes on; the next apply collects its clip."


class KeyHeader(StrEnum):
    """How each::labs is given the key: as it documents now, or as it did before."""

    BEARER = "bearer"
    X_API_KEY = "x-api-key"


class EachlabsSettings(Model):
    """How to talk to each::labs. Never part of a fingerprint."""

    concurrency: Jobs = Field(8, description=_JOBS_HELP)
    auth: KeyHeader = Field(KeyHeader.BEARER, description="How the key is sent; x-api-key is the older form.")
    wait_minutes: Minutes = Field(60, description=_WAIT_HELP)
    webhook_url: Text = Field("", description="Passed through; seedgen itself listens to nothing.")
    webhook_secret: Text = Field("", description="Passed through with it.")


class OxenMode(StrEnum):
    """How to wait for Oxen's jobs."""

    SSE = "sse"
    POLL = "poll"
    SYNC = "sync"


class OxenSettings(Model):
    """How to talk to Oxen.ai. Never part of a fingerprint."""

    concurrency: Jobs = Field(16, description=_JOBS_HELP)
    mode: OxenMode = Field(
        OxenMode.SSE,
        description="sse: listen to events and poll; poll: only poll; sync: one long call a job.",
    )
    wait_minutes: Minutes = Field(60, description=_WAIT_HELP)
    upload_repo: Repository | None = Field(
        None, description="namespace/name of a repository for local references. Its files are public."
    )
    public_uploads: bool = Field(False, description="Yes, references may be public.")
    data_uris: bool = Field(
        False, description="Send local images without a face inside the request, up to 12 MB each."
    )
    target_namespace: Text | None = Field(None, description="Where Oxen stores clips, and whom it bills.")


class ProviderSettings(Model):
    """Settings of each provider."""

    local: LocalSettings = Field(LocalSettings(), description="The embedded renderer.")
    eachlabs: EachlabsSettings = Field(EachlabsSettings(), description="The service each::labs.")
    oxen: OxenSettings = Field(OxenSettings(), description="The service Oxen.ai.")


class Budget(Model):
    """Caps on money."""

    max_cost: Usd | None = Field(None, description="USD for one apply. A hard cap.")


_SETS_HELP = "Named, ordered groups of files that guide generation."
_SHOTS_HELP = "The shots, in order."


class SceneFile(Model):
    """An included file: more reference sets and shots."""

    reference_sets: dict[Name, ReferenceSet] = Field(default_factory=dict, description=_SETS_HELP)
    shots: tuple[ShotEntry, ...] = Field((), description=_SHOTS_HELP)


class ProjectFile(Model):
    """seedgen.yaml"""

    seedgen: Literal[1] = Field(description="Version of this format.")
    name: Name = Field(description="The project's name.")
    provider: Text = Field(LOCAL, description="Who makes the clips: local, eachlabs or oxen.")
    model: Text | None = Field(None, description="By default the provider's own.")
    vars: dict[str, Any] = Field(
        default_factory=dict, description="Variables for templates. Overridable with --var and --var-file."
    )
    reference_sets: dict[Name, ReferenceSet] = Field(default_factory=dict, description=_SETS_HELP)
    defaults: Defaults = Field(
        Defaults(), description="Parameters for every shot that does not say otherwise."
    )
    profiles: dict[Name, Profile] = Field(
        default_factory=dict, description="Other ways to run the same shots: --profile NAME."
    )
    providers: ProviderSettings = Field(
        ProviderSettings(), description="How to talk to providers; never part of a fingerprint."
    )
    budget: Budget = Field(Budget(), description="Caps on money.")
    include: tuple[Text, ...] = Field(
        (), description="Files or globs with more reference sets and shots, read in sorted order."
    )
    shots: tuple[ShotEntry, ...] = Field((), description=_SHOTS_HELP)
    reels: dict[Name, Reel] = Field(
        default_factory=dict, description="Assembled videos. Without any, one reel `main` with every shot."
    )

    @field_validator("include")
    @classmethod
    def _inside(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in value:
            path = PurePosixPath(pattern)
            if path.is_absolute() or ".." in path.parts:
                raise ValueError("included files stand inside the project")
        return value
