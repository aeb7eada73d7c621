"""Write docs/performance.md from what the benchmarks found: `python -m benchmarks.page`.

A benchmark without a result is named as not run. What is missed is said with its reason, which stands here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.report import MIB, RESULTS, seconds_text

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"

TITLES = {
    "startup": "Start-up",
    "plan_noop": "A plan with nothing to do",
    "plan_many": "10,000 shots",
    "plan_chains": "10,000 shots in chains",
    "hashing": "References",
    "local_renderer": "The local renderer",
    "apply_jobs": "1,000 jobs",
    "apply_many": "10,000 jobs",
    "reassembly": "A reel after one clip changed",
    "join_many": "600 and 3,000 segments",
}
COMMANDS = {"plan_chains": "plan_many --chain 20"}
REASONS = {
    "startup": (
        "A plan: all of this table was a sixth slower in this hour than where 230 ms were measured, "
        "`terraform version` too (41 for 35 ms). The version before, run in turns with this one, was no "
        "quicker."
    ),
    "plan_noop": (
        "The goal was set where terraform took 2.5 s; where it takes 1 s, a quarter of that is what Python, "
        "pydantic and Jinja take to start (0.2 s). A shot costs 0.17 ms."
    ),
    "reassembly": (
        "Against the floor: it is the same clip encoded by ffmpeg alone, and the reel's bytes copied. "
        "Ours starts Python (0.3 s), encodes the sound that changed (0.4 s of CPU), draws contact sheet "
        "and page (0.4 s) and digests the reel (0.2 s): 4.0 s of CPU in all, which two cores do in 2.0 s "
        "at the very least, 1.4 times the floor. Where the goal was set the floor took 2.6 to 2.7 s and "
        "the full command 106.5 s; of the full command's time one changed takes the same part as that "
        "floor did (0.025)."
    ),
    "apply_jobs": (
        "CPU: a job takes three HTTP calls at least and eight durable steps in the journal, some 10 ms of "
        "Python together, most of it in httpx. It leaves half a core idle, and no job waits for it. A faster "
        "transport would raise other exceptions than those that say whether a submit may have been billed."
    ),
    "apply_many": (
        "Memory: each finished job stays in the lock, in the outcome and in the records that are written "
        "together."
    ),
    "join_many": (
        "Reading, checking, digesting and writing 3 GB take ten of eleven seconds, and differ from run to "
        "run with the disk. All the sound of 600 segments is 50 minutes, which AAC takes 100 times as fast."
    ),
}
"""Why a goal is missed, by benchmark. Said only while it is."""

HEAD = """\
# Performance

What seedgen takes, measured side by side with others on one machine, whole processes in turns. Compare
rows of one table; another machine gives other seconds and much the same ratios. Every table comes from a
command:

```text
python -m benchmarks              # those that end within minutes
python -m benchmarks --all        # also the long ones: some 35 GB of disk, half an hour
python -m benchmarks.page         # writes this page from benchmarks/results/
```

Peers are installed into a folder that is thrown away; one that cannot be had is named as not run. No test
asserts a time.
"""


def main() -> None:
    """Write the page."""
    found = {name: _result(name) for name in TITLES}
    parts = [HEAD, _goals(found), *(_section(name, title, found[name]) for name, title in TITLES.items())]
    PAGE.write_text("\n".join(parts), encoding="utf-8")


def _result(name: str) -> dict[str, Any] | None:
    file = RESULTS / f"{name}.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None


def _goals(found: dict[str, dict[str, Any] | None]) -> str:
    lines = ["## The goals", "", "| what | measured | goal | |", "| --- | --- | --- | --- |"]
    for name, result in found.items():
        for goal in result["goals"] if result else ():
            value, unit = goal["value"], goal["unit"]
            measured = "not measured" if value is None else f"{value:.3g} {unit}"
            word = {True: "reached", False: "**missed**", None: ""}[goal["met"]]
            what = f"[{TITLES[name]}](#{_anchor(TITLES[name])}): {goal['text']}"
            lines.append(f"| {what} | {measured} | at most {goal['limit']:.3g} {unit} | {word} |")
    return "\n".join(lines) + "\n"


def _section(name: str, title: str, result: dict[str, Any] | None) -> str:
    lines = [f"## {title}", "", f"`python -m benchmarks.{COMMANDS.get(name, name)}`", ""]
    if result is None:
        return "\n".join([*lines, "Not run.", ""])
    facts = result["machine"]
    lines += [
        f"{result['title']}. {facts['system']} {facts['machine']}, {facts['cores']} cores, Python "
        f"{facts['python']}, {result['at'][:10]}, commit `{result['commit']}`.",
        "",
        "| | median | min | max | CPU | peak | ratio | |",
        "| --- | ---: | ---: | ---: | ---: | ---: | --- | --- |",
        *map(_row, result["measured"]),
        *(f"| {row['name']} | not run | | | | | | {row['reason']} |" for row in result["not_run"]),
        *map(_recorded, result["recorded_elsewhere"]),
    ]
    if name in REASONS and not all(goal["met"] for goal in result["goals"]):
        lines += ["", REASONS[name]]
    return "\n".join([*lines, ""])


def _row(row: dict[str, Any]) -> str:
    times = " | ".join(seconds_text(row[key]) for key in ("median_s", "min_s", "max_s", "cpu_s"))
    ratio = f"{row['ratio']:.2f} x {row['against']}" if row["ratio"] is not None else ""
    return f"| {row['name']} | {times} | {row['peak_bytes'] / MIB:.0f} MiB | {ratio} | {row['note']} |"


def _recorded(row: dict[str, Any]) -> str:
    peak = f"{row['peak'] / MIB:.0f} MiB" if row["peak"] else ""
    return f"| {row['name']} | ({seconds_text(row['wall'])}) | | | | {peak} | | {row['where']} |"


def _anchor(title: str) -> str:
    return title.lower().replace(",", "").replace(" ", "-")


if __name__ == "__main__":
    main()
