"""The cache in words: sizes, ages, and a list that stays short when everything is missing."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from seedgen.execution.clips import KnownClip, Origin, Use, remember
from seedgen.execution.upkeep import Amount, Checked, ClipProblem, Fault, Remedy
from seedgen.planning.lock import IMPORTED, Take
from seedgen.views.cache import aged, clips_text, sized, spanned, use_text
from seedgen.views.cache_check import checked_text
from seedgen.views.paint import Paint

PLAIN = Paint(on=False)


def take(name: str = "a", **values: object) -> Take:
    """A paid take."""
    known = {"take": 1, "fingerprint": name * 64, "digest": name * 64, "provider": "oxen", "model": "m"}
    money = {"cost_usd": Decimal("0.44"), "cost_estimated": False}
    return Take.model_validate({**known, **money, "job_id": "j", "frames": 96, "rate": "24/1", **values})


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (1024**2 - 1, "1.0 MiB"),
        (1024**3, "1.0 GiB"),
        (20 * 1024**4, "20.0 TiB"),
    ],
)
def test_sizes(size: int, text: str) -> None:
    """In the unit in which the number is short."""
    assert sized(size) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-5, "0 min"), (59, "0 min"), (3600, "60 min"), (7200, "2 h"), (86_400, "24 h"), (172_800, "2 days")],
)
def test_ages(seconds: float, text: str) -> None:
    """In one unit; a clock that was wrong makes nobody wonder."""
    assert aged(seconds) == text


def test_a_week_is_called_so() -> None:
    """Any other span by its number."""
    assert [spanned(timedelta(days=days)) for days in (7, 30)] == ["a week", "30 days"]


def test_uses_name_lock_and_shot() -> None:
    """And the take where there is more to say."""
    lock = Path("/film/seedgen.final.lock")
    assert use_text(Use(lock, "010", take(), picked=True)) == "seedgen.final.lock 010"
    assert use_text(Use(lock, "010", take(take=2), picked=True)) == "seedgen.final.lock 010 take 2"
    assert use_text(Use(lock, "010", take(), picked=False)) == "seedgen.final.lock 010 take 1, not picked"


def test_a_strangers_words_are_harmless() -> None:
    """Names in a lock or a journal may hold anything."""
    known = KnownClip("a" * 64, 1, 0.0, Origin.UNKNOWN, shot="\x1b[2Jx", project="\x1b]0;y")
    assert "\x1b" not in clips_text([known], 0.0, PLAIN)


def test_a_fresh_clone_is_told_in_short() -> None:
    """Every clip is missing: twenty are told one by one."""
    problems = tuple(
        ClipProblem(
            f"{number:064x}", Fault.MISSING, Remedy.SERVICE, (Use(Path("seedgen.lock"), "s", take(), True),)
        )
        for number in range(45)
    )
    text = checked_text(Checked(Amount(), {}, problems), PLAIN)
    assert text.count("missing  ") == 20
    assert "… and 25 more clips" in text
    assert "45 problems." in text


def test_of_the_same_bytes_from_two_sources_the_dearer_one_counts() -> None:
    """A clip that was paid for is not taken for one that costs nothing, whichever record is read first."""
    local, paid = take(provider="local"), take(fingerprint="b" * 64)
    imported = take(job_id=IMPORTED, provider="local", fingerprint="c" * 64)
    for takes in ([local, paid, imported], [imported, local, paid]):
        assert remember(takes, (), ()).of("a" * 64, 1, 0.0).origin is Origin.PAID
    assert remember([local, imported], (), ()).of("a" * 64, 1, 0.0).origin is Origin.IMPORTED
    assert remember([], (), ()).of("a" * 64, 1, 0.0).origin is Origin.UNKNOWN
