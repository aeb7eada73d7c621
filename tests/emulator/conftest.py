"""A plain HTTP client for each side of an emulator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Emulator


@pytest.fixture
def each(emulator: Emulator) -> Iterator[httpx.Client]:
    """A client of each::labs; paths start with /v1."""
    with client(emulator, "eachlabs") as found:
        yield found


@pytest.fixture
def oxen(emulator: Emulator) -> Iterator[httpx.Client]:
    """A client of Oxen; paths start with /ai."""
    with client(emulator, "oxen") as found:
        yield found


def client(emulator: Emulator, service: str) -> httpx.Client:
    """A client with the service's base and key."""
    base = emulator.eachlabs_url if service == "eachlabs" else emulator.oxen_url
    headers = {"Authorization": f"Bearer {emulator.keys[service]}"}
    return httpx.Client(base_url=base, headers=headers, timeout=5, verify=False)
