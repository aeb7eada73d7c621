"""The emulator as a process of its own: prints its addresses as a line of JSON, runs until told to end."""

from __future__ import annotations

import argparse
import json
import signal
from pathlib import Path
from typing import Any

from tests.emulator.server import Emulator

_ENDS = {signal.SIGTERM, signal.SIGINT}


def _setting(text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
    return name, json.loads(value)


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m tests.emulator", description=__doc__)
    parser.add_argument(
        "--clip", type=Path, required=True, action="append", help="an mp4; several take turns"
    )
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds that a job runs")
    parser.add_argument("--hold", action="store_true", help="jobs run until /_emulator/finish")
    parser.add_argument(
        "--set", type=_setting, action="append", default=[], metavar="NAME=JSON", help="any field of Settings"
    )
    given = parser.parse_args()
    # Every thread inherits this, so that the signal waits for `sigwait`.
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
    known = {"port": given.port, "latency_s": given.latency, "hold": given.hold}
    with Emulator(given.clip, **known, **dict(given.set)) as emulator:
        print(json.dumps(emulator.described), flush=True)
        signal.sigwait(_ENDS)


if __name__ == "__main__":
    main()
