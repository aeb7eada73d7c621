"""Translating: every exception of httpx, and whether the request may have reached the service."""

from __future__ import annotations

import contextlib
import ssl
from enum import Enum
from typing import TYPE_CHECKING

import httpx

from seedgen.providers.answers import Silent, plain

if TYPE_CHECKING:
    from collections.abc import Iterator


class Reached(Enum):
    """Whether a request that ended in an exception can have been received and acted upon."""

    SURELY_NOT = "surely not"
    PERHAPS = "perhaps"


_NO, _PERHAPS = Reached.SURELY_NOT, Reached.PERHAPS

FAULTS: dict[type[Exception], tuple[Reached, str]] = {
    # Before the first byte of the request leaves: DNS, TCP, TLS, the proxy's CONNECT, our own pool.
    httpx.ConnectError: (_NO, "cannot be reached"),
    httpx.ConnectTimeout: (_NO, "cannot be reached: no connection in time"),
    httpx.PoolTimeout: (_NO, "could not be asked: no connection was free in time"),
    httpx.ProxyError: (_NO, "cannot be reached: the proxy refused"),
    # The request may have left whole. Of a bad URL too: httpx reads the Location of an answer.
    httpx.UnsupportedProtocol: (_PERHAPS, "has an address that is neither http nor https"),
    httpx.InvalidURL: (_PERHAPS, "has an address that is not a URL"),
    httpx.ReadTimeout: (_PERHAPS, "did not answer in time"),
    httpx.WriteTimeout: (_PERHAPS, "did not take the request in time"),
    httpx.ReadError: (_PERHAPS, "dropped the connection"),
    httpx.WriteError: (_PERHAPS, "dropped the connection"),
    httpx.CloseError: (_PERHAPS, "dropped the connection"),
    httpx.RemoteProtocolError: (_PERHAPS, "ended the connection without a whole answer"),
    httpx.LocalProtocolError: (_PERHAPS, "could not be sent the request"),
    httpx.DecodingError: (_PERHAPS, "sent an answer that cannot be decoded"),
    httpx.TooManyRedirects: (_PERHAPS, "redirects without end"),
    httpx.HTTPStatusError: (_PERHAPS, "answered an error"),
    httpx.CookieConflict: (_PERHAPS, "sent cookies that contradict each other"),
    httpx.StreamError: (_PERHAPS, "sent an answer that could not be read"),
    httpx.StreamConsumed: (_PERHAPS, "sent an answer that could not be read"),
    httpx.StreamClosed: (_PERHAPS, "sent an answer that could not be read"),
    httpx.ResponseNotRead: (_PERHAPS, "sent an answer that could not be read"),
    httpx.RequestNotRead: (_PERHAPS, "could not be sent the request"),
    # What a later httpx may derive from these is taken for the worse.
    httpx.TimeoutException: (_PERHAPS, "did not answer in time"),
    httpx.NetworkError: (_PERHAPS, "dropped the connection"),
    httpx.ProtocolError: (_PERHAPS, "does not speak HTTP"),
    httpx.TransportError: (_PERHAPS, "could not be asked"),
    httpx.RequestError: (_PERHAPS, "could not be asked"),
    httpx.HTTPError: (_PERHAPS, "could not be asked"),
    # Beneath httpx: TLS errors while reading, and host names that IDNA cannot encode.
    ssl.SSLError: (_PERHAPS, "broke the encrypted connection"),
    UnicodeError: (_PERHAPS, "has an address that is not a URL"),
}


class Fault(Silent):
    """A request that got no answer. `reached` says whether it may have been acted upon."""

    def __init__(self, message: str, reached: Reached, *, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.reached = reached


@contextlib.contextmanager
def translated(who: str) -> Iterator[None]:
    """Turn whatever httpx raises inside into a Fault that speaks of `who`.

    Their texts are not repeated, except why a connection failed: a text may quote a header.
    """
    try:
        yield
    except tuple(FAULTS) as error:
        reached, words = next(FAULTS[kind] for kind in type(error).__mro__ if kind in FAULTS)
        cause = plain(str(error)) if isinstance(error, httpx.ConnectError) else ""
        said = f"{who} {words}: {cause}" if cause else f"{who} {words}"
        raise Fault(said, reached, remedy="Check the network, then run it again.") from error
