"""Lanes: the room for jobs, and the turns in which their clips come home."""

from __future__ import annotations

import asyncio

from seedgen.execution.lanes import Lane


def test_clips_that_stall_do_not_keep_others_from_coming_home() -> None:
    """Both turns are held for good; whoever comes later goes ahead after a short wait."""

    async def story() -> bool:
        lane = Lane("oxen", 4, lambda _: None, pace=0.01)
        async with asyncio.timeout(10), lane.turn_home(), lane.turn_home(), lane.turn_home():
            return True

    assert asyncio.run(story())


def test_clips_come_home_two_at_a_time() -> None:
    """Of thirty jobs that end together, two fetch; a place is taken when it is given back."""

    async def story() -> int:
        lane, home, most = Lane("oxen", 30, lambda _: None), 0, 0

        async def fetch() -> None:
            nonlocal home, most
            async with lane.turn_home():
                home += 1
                most = max(most, home)
                await asyncio.sleep(0)
                home -= 1

        await asyncio.gather(*(fetch() for _ in range(30)))
        return most

    assert asyncio.run(story()) == 2
