"""Talking to a service in a test: an API or a provider for the time of one conversation."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import SecretStr

from seedgen.project.diagnostics import Problems
from seedgen.project.models import EachlabsSettings, KeyHeader
from seedgen.project.shelf import Cards, load_cards
from seedgen.providers.eachlabs import EachlabsProvider
from seedgen.providers.http import Access, Api
from seedgen.store.uploads import UploadStore

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from tests.emulator import Emulator

T = TypeVar("T")

PACE = 0.005
"""Waiting times are two hundred times shorter here; no read waits less than 0.3 s."""


def shipped_cards() -> Cards:
    """The model cards that come with the package."""
    return load_cards(None, Problems())


def access(url: str, key: str = "", header: KeyHeader = KeyHeader.BEARER) -> Access:
    """How to get into a service at an address."""
    return Access("each::labs", url, SecretStr(key or "smk_of_a_test_0123456789"), "EACHLABS_API_KEY", header)


def over(url: str, act: Callable[[Api], Awaitable[T]], key: str = "", **options: Any) -> T:
    """What `act` gives when it may talk over an API at an address."""

    async def talk() -> T:
        header = options.pop("header", KeyHeader.BEARER)
        api = Api(access(url, key, header), connections=8, **{"pace": PACE} | options)
        try:
            return await act(api)
        finally:
            await api.close()

    return asyncio.run(talk())


def over_eachlabs(emulator: Emulator, act: Callable[[Api], Awaitable[T]], **options: Any) -> T:
    """The same at the emulator's each::labs, with its key."""
    return over(emulator.eachlabs_url, act, emulator.keys["eachlabs"], **options)


def at_eachlabs(
    emulator: Emulator, root: Path, act: Callable[[EachlabsProvider], Awaitable[T]], **settings: Any
) -> T:
    """What `act` gives when it may talk to the each::labs provider; uploads are remembered in `root`."""

    async def talk(api: Api) -> T:
        uploads = UploadStore(root / "uploads")
        try:
            wanted = EachlabsSettings(**settings)
            return await act(EachlabsProvider(api, shipped_cards(), wanted, uploads, pace=PACE))
        finally:
            uploads.close()

    header = KeyHeader(settings.get("auth", KeyHeader.BEARER))
    return over_eachlabs(emulator, talk, header=header)
