"""Registry: which providers there are, and how one is made. A further one is a line, or an entry point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from seedgen.errors import AuthError, UsageError
from seedgen.project.models import EACHLABS, OXEN, KeyHeader, OxenMode
from seedgen.providers.keys import KEY_NAMES, read_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from pydantic import SecretStr

    from seedgen.planning.request import Request
    from seedgen.ports.provider import Provider
    from seedgen.ports.store import Uploads
    from seedgen.project.media import Media
    from seedgen.project.models import ProviderSettings
    from seedgen.project.shelf import Cards
    from seedgen.providers.http import Access, Api


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the environment says of services, and where a `.env` may stand. Never the project file.

    `pace` multiplies every waiting time (`SEEDGEN_PACE`): 1 but against an emulator.
    """

    environment: Mapping[str, str]
    root: Path

    @property
    def pace(self) -> float:
        """Raises UsageError."""
        text = self.environment.get("SEEDGEN_PACE") or "1"
        try:
            pace = float(text)
        except ValueError:
            pace = 0.0
        if not 0 < pace <= 100:
            raise UsageError(f"SEEDGEN_PACE={text}: write a number above 0, such as 0.1")
        return pace


@dataclass(frozen=True, slots=True)
class Service:
    """A service that is talked to over HTTP."""

    name: str
    title: str
    url_name: str
    default_url: str

    @property
    def key_name(self) -> str:
        """The variable that holds its key."""
        return KEY_NAMES[self.name]

    def key(self, around: Surroundings) -> SecretStr | None:
        """Its key; None where there is none."""
        return read_key(self.name, around.environment, around.root)

    def base_url(self, around: Surroundings) -> str:
        """Where it is talked to, with no slash at the end. Raises UsageError."""
        url = (around.environment.get(self.url_name) or self.default_url).rstrip("/")
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query:
            raise UsageError(
                f"{self.url_name} is no base URL", remedy=f"By default it is {self.default_url}."
            )
        return url

    def access(self, around: Surroundings, header: KeyHeader = KeyHeader.BEARER) -> Access:
        """How to talk to it. Raises AuthError without a key, UsageError."""
        from seedgen.providers.http import Access  # noqa: PLC0415  109 ms that only a submit needs

        key = self.key(around)
        if key is None:
            raise AuthError(
                f"no key for {self.title}",
                remedy=f"Set {self.key_name} in the environment, or in a .env beside seedgen.yaml.",
            )
        return Access(self.title, self.base_url(around), key, self.key_name, header)


SERVICES = {
    EACHLABS: Service(EACHLABS, "each::labs", "EACHLABS_BASE_URL", "https://api.eachlabs.ai"),
    OXEN: Service(OXEN, "Oxen.ai", "OXEN_BASE_URL", "https://hub.oxen.ai/api"),
}


@dataclass(frozen=True, slots=True)
class Needs:
    """What making a provider takes. `jobs` is how many may be in flight.

    `unreached` is told why the service cannot be reached, when that begins.
    """

    settings: ProviderSettings
    around: Surroundings
    cards: Cards
    uploads: Uploads
    jobs: int
    unreached: Callable[[str], None] = lambda _: None


_CONNECTIONS, _POLLING = 8, 12
"""Calls are short, so that hundreds of jobs share these; every further one costs at each call.

Each of each::labs' jobs is asked for again and again, where one listing tells of all of Oxen's.
"""


def _api(name: str, needs: Needs, *, connections: int, header: KeyHeader = KeyHeader.BEARER) -> Api:
    from seedgen.providers.http import Api  # noqa: PLC0415

    access = SERVICES[name].access(needs.around, header)
    most = min(connections, needs.jobs)
    return Api(access, connections=most, pace=needs.around.pace, unreached=needs.unreached)


def _eachlabs(needs: Needs) -> Provider:
    from seedgen.providers.eachlabs import EachlabsProvider  # noqa: PLC0415

    settings = needs.settings.eachlabs
    api = _api(EACHLABS, needs, connections=_POLLING, header=settings.auth)
    return EachlabsProvider(api, needs.cards, settings, needs.uploads, pace=needs.around.pace)


def _oxen(needs: Needs) -> Provider:
    from seedgen.providers.oxen import OxenProvider  # noqa: PLC0415

    settings = needs.settings.oxen
    # A synchronous call holds its connection until the clip is made.
    connections = needs.jobs if settings.mode is OxenMode.SYNC else _CONNECTIONS
    api = _api(OXEN, needs, connections=connections)
    return OxenProvider(api, needs.cards, settings, needs.uploads, pace=needs.around.pace)


_MAKERS: dict[str, Callable[[Needs], Provider]] = {EACHLABS: _eachlabs, OXEN: _oxen}


def concurrency(name: str, settings: ProviderSettings) -> int:
    """How many jobs a provider may have at once, as the project says."""
    return {EACHLABS: settings.eachlabs.concurrency, OXEN: settings.oxen.concurrency}.get(name, 4)


HOW_TO_REACH = {
    OXEN: "Give the reference as a url, or set providers.oxen.upload_repo and public_uploads: true: "
    "files in that repository can be read by anybody."
}


def unreachable(name: str, request: Request, media: Sequence[Media], settings: ProviderSettings) -> str:
    """Why a service could not get at the references of a request; empty when it can."""
    if name != OXEN:
        return ""
    from seedgen.providers.oxen_request import unreachable as why  # noqa: PLC0415  only for who uses it

    return why(request, media, settings.oxen)


def make_provider(name: str, needs: Needs) -> Provider:
    """A provider that talks to a service. Raises AuthError without a key, UsageError for an unknown one."""
    maker = _MAKERS.get(name) or _plugged_in(name)
    if maker is None:
        raise UsageError(
            f"no provider {name!r} is installed",
            remedy=f"There are local, {', '.join(_MAKERS)}; a package may bring others as an entry point.",
        )
    return maker(needs)


def _plugged_in(name: str) -> Callable[[Needs], Provider] | None:
    from importlib.metadata import entry_points  # noqa: PLC0415

    for entry in entry_points(group="seedgen.providers", name=name):
        maker: Callable[[Needs], Provider] = entry.load()
        return maker
    return None
