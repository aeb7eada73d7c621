"""Prints `docs/troubles.md` from what really happens: `python -m tests.write_troubles > docs/troubles.md`."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from seedgen.ports.store import Stage
from tests.cli.staging import SHOTS, WORDS, Trouble, accepted, new_film, play
from tests.cli.troubles import TABLE
from tests.emulator import Emulator
from tests.soak.kills import material

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.staging import Story

INTRODUCTION = """\
# The table of troubles

What goes wrong at a service, what you then see, what is kept, and how often the service took the job.
Each row was played against an emulator of both services: a film of two shots, `door` in trouble and
`wall` beside it, and `seedgen apply`. `python -m tests.write_troubles` prints this page from such runs,
and `tests/cli/test_troubles.py` checks every row. Where both services do the same, the row shows
each::labs.

Three things hold in every row. No submit is repeated unless it certainly was not accepted. `wall` is none
the worse, unless the key, the money or the network is gone. And no key stands in a file, an event or a
message, or goes to any host but its API's own.

*Submits* counts how often the service accepted `door`: by the first apply, and in all once the film is
whole. Two is only ever what was said out loud: a job that failed is submitted again, a rejection after
`seedgen retry`, a doubt after `seedgen jobs resolve`.
"""
HEAD = "| trouble | what you see | what is kept | submits | what ends it |\n| --- | --- | --- | --- | --- |\n"
_JOB = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NEXT_IN = re.compile(r"the next in [\d.]+ s")
_ORDINARY = ("·", "✓", ">")


class Row:
    """One trouble at one service, in Markdown."""

    def __init__(self, trouble: Trouble, service: str, story: Story, in_all: int) -> None:
        self.service = WORDS[service]["service"]
        self.seen = "<br>".join(_seen(story)) or "nothing: the apply gets over it"
        self.rest = f"{_kept(story)} | {_submits(story, in_all)} | {_ending(trouble, service)}"

    def text(self, name: str) -> str:
        """The line under a name."""
        return f"| {name} | {self.seen} | {self.rest} |\n"


def _seen(story: Story) -> Iterator[str]:
    """The lines about the shot in trouble, each once; a service's lines tell of all its shots."""
    told: set[str] = set()
    about = False
    for line in story.first.err.splitlines():
        if line.startswith("Apply "):
            return
        words = line.split()
        if not line.startswith("      "):
            about = words[0] not in _ORDINARY and words[1:2] != ["wall"]
        plain = _NEXT_IN.sub("the next in … s", _JOB.sub("JOB", " ".join(words)))
        kind = re.sub(r"\d+ jobs?", "", plain)
        if about and kind not in told:
            told.add(kind)
            yield plain.replace("|", "\\|").replace("<", "&lt;")


def _kept(story: Story) -> str:
    if story.kept is Stage.RECORDED:
        return "both clips"
    clips = "the clip of `wall`; " if "wall" in story.clips else ""
    job_id = story.entries[-1].job_id if story.entries else ""
    words = {
        None: "nothing of `door`",
        Stage.FAILED: "the job and its failure" if job_id else "the attempt, as not accepted",
        Stage.REJECTED: "the refusal: the plan says blocked",
        Stage.AMBIGUOUS: f"the {'job' if job_id else 'submit'}, in doubt: the plan says blocked",
        Stage.SUBMITTED: "the job, in flight: the plan says resume",
        Stage.SUCCEEDED: "the job, finished: the plan says resume",
    }
    return clips + words[story.kept]


def _submits(story: Story, in_all: int) -> str:
    return str(in_all) if story.taken == in_all else f"{story.taken}, {in_all} in all"


def _ending(trouble: Trouble, service: str) -> str:
    commands = trouble.ends[service].then
    return ", ".join(f"`seedgen {' '.join(c[:1] if c[0] == 'apply' else c)}`" for c in commands) or "itself"


def rows_of(trouble: Trouble, clip: Path, folder: Path) -> str:
    """One line where the services do not differ in what is kept, paid and typed; else one for each."""
    rows = []
    for service in trouble.ends:
        with tempfile.TemporaryDirectory(dir=folder) as root, Emulator(clip, **trouble.settings) as emulator:
            film = new_film(Path(root), service, trouble.prompt)
            story = play(trouble, service, film, emulator, os.environ)
            rows.append(Row(trouble, service, story, accepted(emulator)))
    if len({row.rest for row in rows}) == 1 and len({row.seen.startswith("nothing") for row in rows}) == 1:
        return rows[0].text(trouble.name)
    return "".join(row.text(f"{trouble.name} ({row.service})") for row in rows)


def main() -> None:
    """Print the page."""
    assert len(SHOTS) == 2
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clip, _ = material(folder)
        sys.stdout.write(INTRODUCTION)
        for heading, troubles in TABLE.items():
            sys.stdout.write(f"\n## {heading}\n\n{HEAD}")
            for trouble in troubles:
                sys.stdout.write(rows_of(trouble, clip, folder))


if __name__ == "__main__":
    main()
