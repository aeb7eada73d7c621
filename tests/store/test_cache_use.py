"""Using a cache: many at once, and nobody beside the one who clears it out."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedgen.errors import Locked
from seedgen.store.cache_use import cache_alone, using_cache
from tests.store.processes import go, line_of, process

USER = """
import sys
from pathlib import Path
from seedgen.store.cache_use import using_cache
with using_cache(Path(sys.argv[1])):
    print("using", flush=True)
    sys.stdin.readline()
"""


def test_nobody_clears_out_what_another_process_uses(tmp_path: Path) -> None:
    """An apply that found a clip there may not have written its lock yet."""
    with process(USER, tmp_path) as other:
        assert line_of(other) == "using"
        with pytest.raises(Locked, match="at work in this cache"), cache_alone(tmp_path):
            pass


def test_users_do_not_disturb_each_other(tmp_path: Path) -> None:
    """Two applies of two projects work with one cache at once."""
    with process(USER, tmp_path) as other, using_cache(tmp_path):
        assert line_of(other) == "using"


def test_a_killed_user_holds_nothing(tmp_path: Path) -> None:
    """The kernel lets go of it."""
    with process(USER, tmp_path) as other:
        assert line_of(other) == "using"
        other.kill()
        other.wait()
        with cache_alone(tmp_path):
            pass


def test_who_comes_while_it_is_cleared_out_waits(tmp_path: Path) -> None:
    """It begins when that has ended, and is not refused."""
    clearing = USER.replace("using_cache", "cache_alone").replace('"using"', '"alone"')
    with process(clearing, tmp_path) as other:
        assert line_of(other) == "alone"
        with process(USER, tmp_path) as waiting:
            while not waits_for_a_lock(waiting.pid):
                assert waiting.poll() is None
            go(other)
            assert line_of(waiting) == "using"


def waits_for_a_lock(pid: int) -> bool:
    """Whether the kernel has a process stand in line (proc_locks(5))."""
    lines = Path("/proc/locks").read_text().splitlines()
    return any("->" in line and f" {pid} " in line for line in lines)
