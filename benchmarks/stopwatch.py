"""One command, timed as the child of a process too small to show in its numbers.

Linux starts a program's peak memory at that of the process it was forked from, so a benchmark that has
built a project of 10,000 shots cannot measure `true` in less than its own size. Run as a script this file
stands between the two; its own start is not in the times.
"""

from __future__ import annotations

import json
import os
import sys
import time


def main(argv: list[str]) -> None:
    """Run argv to its end with its output thrown away; print times, peak memory and exit code."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    # What the program prints to stderr stays there: the caller shows it when the run fails.
    begin = time.perf_counter()
    child = os.posix_spawnp(
        argv[0],
        argv,
        os.environ,
        file_actions=[(os.POSIX_SPAWN_DUP2, nowhere, 0), (os.POSIX_SPAWN_DUP2, nowhere, 1)],
    )
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - begin
    # macOS counts ru_maxrss in bytes, Linux in KiB.
    peak = usage.ru_maxrss // 1024 if sys.platform == "darwin" else usage.ru_maxrss
    result = {
        "wall": wall,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak_kib": peak,
        "code": os.waitstatus_to_exitcode(status),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1:])
