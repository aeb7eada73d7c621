"""Request: a shot fully resolved for one model, and its fingerprint."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from seedgen.digest import Fingerprint, digest_json
from seedgen.project.media import MediaType

if TYPE_CHECKING:
    from collections.abc import Mapping

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class RequestReference:
    """A reference by content.

    `id` is `sha256:<digest>` for files and pinned URLs, `url:<url>` for unpinned ones. `face` is None
    where the model has no face fields: there it changes nothing that is sent.
    """

    type: MediaType
    id: str
    face: bool | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """Everything that decides a take, and nothing else.

    `prompt` addresses references in the neutral form (`<image 2>`), because providers have changed
    their own several times. `parameters` holds every output parameter with its resolved value, for
    all are always sent. `references` stand in the order sent.
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

    def fingerprint(self) -> Fingerprint:
        """SHA-256 of the canonical JSON: the one function that names a request, for plan and apply."""
        return Fingerprint(digest_json(self.canonical()))

    def numbered(self, take: int) -> Request:
        """The same request for another take."""
        return self if take == self.take else replace(self, take=take)
