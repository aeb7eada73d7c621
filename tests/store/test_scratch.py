"""Scratch folders: gone with the work, and gone with a process that was killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from seedgen.store.scratch import scratch_folder

if TYPE_CHECKING:
    from pathlib import Path

HOLDER = """
import sys
from pathlib import Path
from seedgen.store.scratch import scratch_folder
with scratch_folder(Path(sys.argv[1])) as folder:
    (folder / "raw.yuv").write_bytes(b"frames")
    print(folder, flush=True)
    sys.stdin.read()
"""


def test_nothing_is_left_after_the_work(tmp_path: Path) -> None:
    """Neither the folder nor its lock."""
    with scratch_folder(tmp_path) as folder:
        (folder / "half.mp4").write_bytes(b"half")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_goes_with_the_next(tmp_path: Path) -> None:
    """A living holder's folder stays; once it is killed, the next one to come removes it."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        left = tmp_path / holder.stdout.readline().strip().rpartition("/")[2]
        with scratch_folder(tmp_path):
            assert (left / "raw.yuv").is_file()
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    with scratch_folder(tmp_path):
        assert not left.exists()
    assert list(tmp_path.iterdir()) == []
