"""Talking to Oxen in a test: its provider against the emulator, and requests to hand it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import SecretStr

from seedgen.planning.request import Request, RequestReference
from seedgen.ports.provider import Submission
from seedgen.project.diagnostics import Problems
from seedgen.project.models import OxenSettings
from seedgen.project.shelf import Cards, load_cards
from seedgen.providers.http import Access, Api
from seedgen.providers.oxen import OxenProvider
from seedgen.store.uploads import UploadStore

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from pathlib import Path

    from seedgen.ports.provider import JobStatus
    from seedgen.project.cards import ModelCard
    from tests.emulator import Emulator

T = TypeVar("T")

MODEL = "bytedance-seedance-2-0-reference-to-video"
PACE = 0.005
"""Waiting times are two hundred times shorter here; no read waits less than 0.3 s."""


def cards() -> Cards:
    """The model cards that come with the package."""
    return load_cards(None, Problems())


def card() -> ModelCard:
    """The seed model's card."""
    found = cards().find("oxen", MODEL)
    assert found is not None
    return found


def asked(
    prompt: str = "A roof.",
    *,
    references: Sequence[RequestReference] = (),
    media: Sequence[Path | str] = (),
    take: int = 1,
    **parameters: Any,
) -> Submission:
    """A request with the card's defaults, but for what is said."""
    known = card()
    values = {name: known.default_of(name) for name in known.parameters} | parameters
    request = Request("oxen", MODEL, prompt, values, tuple(references), take)
    return Submission(request, request.fingerprint(), media)


def over_oxen(emulator: Emulator, act: Callable[[Api], Awaitable[T]], *, pace: float = PACE) -> T:
    """What `act` gives when it may talk over an API to the emulator's Oxen."""

    async def talk() -> T:
        key = SecretStr(emulator.keys["oxen"])
        api = Api(Access("Oxen.ai", emulator.oxen_url, key, "OXEN_API_KEY"), connections=8, pace=pace)
        try:
            return await act(api)
        finally:
            await api.close()

    return asyncio.run(talk())


def at_oxen(
    emulator: Emulator,
    root: Path,
    act: Callable[[OxenProvider], Awaitable[T]],
    *,
    pace: float = PACE,
    **settings: Any,
) -> T:
    """What `act` gives when it may talk to the Oxen provider; uploads are remembered in `root`.

    When it is over nothing of the provider may be left running.
    """

    async def talk(api: Api) -> T:
        uploads = UploadStore(root / "uploads")
        provider = OxenProvider(api, cards(), OxenSettings(**settings), uploads, pace=pace)
        try:
            return await act(provider)
        finally:
            await provider.close()
            uploads.close()
            assert asyncio.all_tasks() == {asyncio.current_task()}

    return over_oxen(emulator, talk, pace=pace)


async def run(provider: OxenProvider, submission: Submission) -> JobStatus:
    """Submit, wait, and ask for the bill."""
    status = await provider.wait(await provider.submit(submission), ignored)
    return replace(status, cost=await provider.bill(status))


def ignored(_: float | None) -> None:
    """Progress that nobody looks at."""
