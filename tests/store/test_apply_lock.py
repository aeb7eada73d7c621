"""The apply lock: one apply in a project, and the second is told who and since when."""

from __future__ import annotations

import asyncio
import os
import re
import threading
from typing import TYPE_CHECKING

import pytest

from seedgen.errors import Locked
from seedgen.store.apply_lock import apply_lock, assembly_turn
from tests.store.processes import ASSEMBLER, line_of, process

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.ports.store import Running

HOLDER = """
import sys
from pathlib import Path
from seedgen.store.apply_lock import apply_lock
with apply_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_an_assembly_waits_for_another_one_and_not_for_a_dead_one(tmp_path: Path) -> None:
    """It is told once for whom; the kernel ends what a killed process held, and then it is our turn."""
    told: list[int | None] = []

    with process(ASSEMBLER, tmp_path) as other:
        assert line_of(other) == "held"

        def waits(running: Running | None) -> None:
            told.append(running.pid if running else None)
            other.kill()

        async def have_a_turn() -> None:
            async with assembly_turn(tmp_path, waits):
                assert told == [other.pid]

        asyncio.run(have_a_turn())
        asyncio.run(have_a_turn())


def test_a_second_apply_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    """Process, machine and time are named, and what still works meanwhile."""
    with process(HOLDER, tmp_path) as other:
        assert line_of(other) == "held"
        with pytest.raises(Locked) as caught, apply_lock(tmp_path):
            pass
        told = rf"another apply runs in this project: process {other.pid} on \S+, since \d{{4}}-\d\d-\d\dT.+"
        assert re.fullmatch(told, str(caught.value))
        assert "status" in caught.value.remedy


def test_a_killed_apply_leaves_no_lock(tmp_path: Path) -> None:
    """The kernel lets go of it; the note of the dead process is not believed."""
    with process(HOLDER, tmp_path) as other:
        assert line_of(other) == "held"
        other.kill()
        other.wait()
        with apply_lock(tmp_path), pytest.raises(Locked) as caught, apply_lock(tmp_path):
            pass
        assert f"process {other.pid} " not in str(caught.value)


def test_the_lock_is_free_after_an_apply_however_it_ended(tmp_path: Path) -> None:
    """Also after an error; no note stays behind."""

    def fail() -> None:
        with apply_lock(tmp_path):
            raise TimeoutError

    with pytest.raises(TimeoutError):
        fail()
    with apply_lock(tmp_path):
        assert (tmp_path / "apply.json").is_file()
    assert not (tmp_path / "apply.json").exists()


def test_who_has_just_begun_is_waited_for_to_say_so(tmp_path: Path) -> None:
    """Of two that begin at once the other may have the lock and not yet have written its note."""
    with apply_lock(tmp_path):
        note = (tmp_path / "apply.json").read_text()
        (tmp_path / "apply.json").unlink()
        late = threading.Timer(0.05, (tmp_path / "apply.json").write_text, [note])
        late.start()
        with pytest.raises(Locked, match=rf"process {os.getpid()} on"), apply_lock(tmp_path):
            pass
        late.join()


@pytest.mark.parametrize("note", ["", "[]", '{"pid": 1}'])
def test_a_damaged_note_hides_only_the_name(note: str, tmp_path: Path) -> None:
    """Who holds it is then not known; that somebody does, is."""
    with apply_lock(tmp_path):
        (tmp_path / "apply.json").write_text(note)
        with pytest.raises(Locked, match=r"runs in this project$"), apply_lock(tmp_path):
            pass
