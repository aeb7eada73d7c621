"""A scripted server: one raw answer for each connection, for what a decent server would never say."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Sequence

_PATIENCE_S = 10.0


def answer(status: str, body: bytes = b"", *headers: str, length: int | None = None) -> bytes:
    """An HTTP/1.1 answer; `length` is what Content-Length says when that is not the truth."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + body


class Scripted:
    """Listens on loopback for the time of a `with` block.

    The first connection gets the first answer and is closed, and so on; the last answer is given for
    ever after. `requests` holds the heads of what came in, since the answers were last changed.
    """

    def __init__(self, *answers: bytes) -> None:
        self._answers: Sequence[bytes] = answers
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.requests: list[str] = []

    def answer_with(self, *answers: bytes) -> None:
        """Other answers from here on; nobody may be asking meanwhile."""
        self._answers = answers
        self.requests.clear()

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(_PATIENCE_S)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(_PATIENCE_S)
                head = _head(connection)
                self.requests.append(head)
                number = min(len(self.requests), len(self._answers)) - 1
                with contextlib.suppress(ConnectionError):  # who has read enough of it may leave
                    connection.sendall(self._answers[number])
                    connection.shutdown(socket.SHUT_WR)
                    while connection.recv(65536):
                        pass  # a close with bytes unread would be a reset, which may overtake the answer


def _head(connection: socket.socket) -> str:
    received = b""
    while b"\r\n\r\n" not in received:
        block = connection.recv(65536)
        if not block:
            break
        received += block
    return received.partition(b"\r\n\r\n")[0].decode("latin-1")
