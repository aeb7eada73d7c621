"""Access: whose API it is, and the key that only its own origin may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
from pydantic import SecretStr  # noqa: TC002  read by dataclass users at run time

from seedgen.errors import AuthError, UsageError
from seedgen.project.models import KeyHeader

if TYPE_CHECKING:
    from collections.abc import Generator

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Access:
    """How to get into a service.

    `service` and `key_name` are for messages ("each::labs", "EACHLABS_API_KEY"); `base_url` has no slash
    at its end and comes from the environment only, never from a project. With `needs_key` False the key
    may be empty, and then none is sent.
    """

    service: str
    base_url: str
    key: SecretStr
    key_name: str
    header: KeyHeader = KeyHeader.BEARER
    needs_key: bool = True

    def checked(self) -> Access:
        """Itself. Raises AuthError for a key that no header may carry, UsageError for a bad base URL."""
        key = self.key.get_secret_value()
        if (not key and self.needs_key) or not all("!" <= sign <= "~" for sign in key):
            what = "has characters that no key has" if key else "is empty"
            raise AuthError(f"the key for {self.service} {what}", remedy=f"Set {self.key_name} again.")
        if origin(self.base_url) is None:
            raise UsageError(
                f"the base URL for {self.service} is not an http or https address",
                remedy="Write it as https://host/path.",
            )
        return self


def origin(url: str | httpx.URL) -> tuple[str, str, int] | None:
    """Scheme, host and port of an http or https address; None of anything else."""
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError):
        return None
    if parsed.scheme not in _PORTS or not parsed.host:
        return None
    return parsed.scheme, parsed.host, parsed.port or _PORTS[parsed.scheme]


class KeyForOrigin(httpx.Auth):
    """Adds the key to requests to one origin, and to no other: not on a redirect, not from https to http."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._origin = origin(access.base_url)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """One request, with the key where it belongs."""
        key = self._access.key.get_secret_value()
        if key and origin(request.url) == self._origin:
            if self._access.header is KeyHeader.BEARER:
                request.headers["Authorization"] = f"Bearer {key}"
            else:
                request.headers["X-API-Key"] = key
        yield request
