"""Request: a shot fully resolved for one model, and its fingerprint."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from seedgen.digest import Fingerprint, digest_json
from seedgen.project.media import DERIVED, MediaType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seedgen.project.media import Derived

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class RequestReference:
    """A reference by content.

    `id` is `sha256:<digest>` for files and pinned URLs, `url:<url>` for unpinned ones,
    `derived:<use>:sha256:<clip digest>` for what is taken from another shot's clip, and None while that
    clip is not known. `face` is None where the model has no face fields: there it changes nothing that
    is sent.
    """

    type: MediaType
    id: str | None
    face: bool | None = None

    @property
    def is_derived(self) -> bool:
        """Whether it is taken from another shot's clip."""
        return is_derived(self.id)


def is_derived(reference_id: str | None) -> bool:
    """Whether a reference of this id is taken from another shot's clip."""
    return reference_id is None or reference_id.startswith(DERIVED)


@dataclass(frozen=True, slots=True)
class Request:
    """Everything that decides a take, and nothing else.

    `prompt` addresses references in the neutral form (`<image 2>`), because providers have changed
    their own several times. `parameters` holds every output parameter with its resolved value, for
    all are always sent. `references` stand in the order sent. A request is open while one of them is
    not known: then it has no fingerprint yet, and is never submitted.
    """

    provider: str
    model: str
    prompt: str
    parameters: Mapping[str, Any]
    references: tuple[RequestReference, ...] = ()
    take: int = 1

    def canonical(self) -> dict[str, Any]:
        """The JSON value whose RFC 8785 form is fingerprinted."""
        return {
            "v": _FORMAT,
            "provider": self.provider,
            "model": self.model,
            "prompt": self.prompt,
            "parameters": dict(self.parameters),
            "references": [
                {"type": r.type.value, "id": r.id} | ({} if r.face is None else {"face": r.face})
                for r in self.references
            ],
            "take": self.take,
        }

    @classmethod
    def of_canonical(cls, value: Mapping[str, Any]) -> Request:
        """The request that has this canonical JSON value. Raises KeyError, ValueError, TypeError."""
        return cls(
            value["provider"],
            value["model"],
            value["prompt"],
            value["parameters"],
            tuple(
                RequestReference(MediaType(r["type"]), r["id"], r.get("face")) for r in value["references"]
            ),
            value["take"],
        )

    @property
    def is_open(self) -> bool:
        """Whether it waits for another shot's clip."""
        return any(reference.id is None for reference in self.references)

    def fingerprint(self) -> Fingerprint:
        """SHA-256 of the canonical JSON: the one function that names a request, for plan and apply."""
        if self.is_open:
            raise ValueError("a request that waits for a clip has no fingerprint")
        return Fingerprint(digest_json(self.canonical()))

    def outline(self) -> Fingerprint:
        """Names all of it but which clip it continues; its fingerprint when it continues none."""
        return Fingerprint(digest_json(self._with_derived(None).canonical()))

    def continuing(self, derived: Derived) -> Request:
        """The same request with what it takes from another shot's clip."""
        return self._with_derived(derived.id)

    def _with_derived(self, reference_id: str | None) -> Request:
        if all(r.id == reference_id for r in self.references if r.is_derived):
            return self
        references = (replace(r, id=reference_id) if r.is_derived else r for r in self.references)
        return replace(self, references=tuple(references))

    def numbered(self, take: int) -> Request:
        """The same request for another take."""
        return self if take == self.take else replace(self, take=take)
