"""Writes `tests/cli/golden/`, what plans say for each action and reason: `python -m tests.write_goldens`.

Read what differs before it is committed: an expected value is reasoned out, not copied.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.cli.goldens import CASES, build, json_of, text_of

GOLDEN = Path(__file__).parent / "cli" / "golden"


def main() -> None:
    """Write every case anew, and remove what belongs to none."""
    GOLDEN.mkdir(exist_ok=True)
    for file in GOLDEN.iterdir():
        file.unlink()
    for name, case in CASES.items():
        with tempfile.TemporaryDirectory() as folder:
            film = build(case, Path(folder) / "film")
            (GOLDEN / f"{name}.txt").write_text(text_of(case, film), encoding="utf-8")
            (GOLDEN / f"{name}.json").write_text(json_of(case, film), encoding="utf-8")


if __name__ == "__main__":
    main()
