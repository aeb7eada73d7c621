"""Resolved: a shot with its request, and the one way to complete a request once a clip is known. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seedgen.project.media import Derived

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from seedgen.digest import Digest, Fingerprint
    from seedgen.planning.request import Request
    from seedgen.project.cards import ModelCard
    from seedgen.project.media import Media
    from seedgen.project.shots import Shot


@dataclass(frozen=True, slots=True)
class ResolvedShot:
    """A shot with its request (that of take 1) and where the references' bytes are.

    `media` stands beside `request.references`, item by item: a file, a URL as text, or another shot's
    clip. So do `set_names`, and `names`, what people call them. While the clip that it continues is not
    known, its request is open and `fingerprint` is None.
    `outline` names its request but for which clip it continues, and is known from the first.
    """

    shot: Shot
    card: ModelCard
    request: Request
    media: tuple[Media, ...]
    set_names: tuple[str, ...]
    names: tuple[str, ...]
    fingerprint: Fingerprint | None
    outline: Fingerprint

    @property
    def id(self) -> str:
        """The shot's id."""
        return self.shot.id

    @property
    def upstream(self) -> str | None:
        """The shot that it continues."""
        return self.shot.upstream.shot if self.shot.upstream is not None else None

    def of_take(self, take: int) -> tuple[Request, Fingerprint | None]:
        """Request and fingerprint of one take."""
        if take == 1:
            return self.request, self.fingerprint
        request = self.request.numbered(take)
        return request, None if request.is_open else request.fingerprint()

    @property
    def fingerprints(self) -> list[Fingerprint]:
        """Those of its takes, as far as they are known."""
        prints = (self.of_take(number)[1] for number in range(1, self.shot.takes + 1))
        return [one for one in prints if one is not None]

    @property
    def key(self) -> Hashable:
        """Equal for shots that ask for the same, also while the clip that they continue is not known."""
        return self.fingerprint or (self.outline, self.upstream)

    def continuing(self, clip: Digest) -> ResolvedShot:
        """The same shot, once the clip that it continues is known."""
        request, media = continuing(self.request, self.media, clip)
        return replace(self, request=request, media=media, fingerprint=request.fingerprint())


def continuing(request: Request, media: Sequence[Media], clip: Digest) -> tuple[Request, tuple[Media, ...]]:
    """A request and its media with the clip that it continues: the one way to complete it."""
    known = tuple(replace(one, clip=clip) if isinstance(one, Derived) else one for one in media)
    for one in known:
        if isinstance(one, Derived):
            request = request.continuing(one)
    return request, known
