"""What programs read: `plan --json`, `apply --json`, and what goes to stdout at all."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest

from seedgen.planning.plan import Action
from seedgen.views.schemas import NAMES, schema_text
from tests.film import NO_CHANGES

if TYPE_CHECKING:
    from tests.film import Film

KEYS = [
    "format_version",
    "seedgen_version",
    "project",
    "profile",
    "plan_id",
    "lock_serial",
    "summary",
    "estimated_cost",
    "changes",
    "unpicked",
    "reels",
    "diagnostics",
]
"""DESIGN section 6, and `unpicked`, which came later."""


def valid(kind: str, value: Any) -> None:
    """Raises ValidationError when a value does not follow its schema."""
    jsonschema_rs.validator_for(json.loads(schema_text(kind))).validate(value)


def change_everything(film: Film) -> None:
    """A changed, a new, a moved, a removed and a repeated shot, and a reference without a mention."""
    film.edit("bare", "tall")
    film.edit("id: s1", "id: opening")
    shot = film.yaml[film.yaml.index("  - id: s3") : film.yaml.index("reels:")]
    cellar = "prompt: A cellar., references: [wall]"
    film.edit(shot, f"  - {{id: new, {cellar}}}\n  - {{id: twin, {cellar}}}\n")


def test_a_plan_follows_its_schema(applied: Film) -> None:
    """Every action that the local provider can bring about, and a warning, in one document."""
    change_everything(applied)
    document = applied.plan()
    valid("plan", document)
    assert list(document) == KEYS
    assert {c["shot"]: c["action"] for c in document["changes"]} == {
        "opening": "move",
        "s2": "regenerate",
        "new": "generate",
        "twin": "reuse",
        "s3": "remove",
    }
    assert list(document["summary"]) == [action.value for action in Action]
    once = ("generate", "regenerate", "reuse", "move", "remove")
    assert document["summary"] == {action.value: int(action in once) for action in Action}
    assert [change["shot"] for change in document["changes"] if "from" in change] == ["opening"]
    assert document["reels"] == [
        {"reel": "main", "action": "assemble", "stand_ins": ["new", "twin"], "left_out": []}
    ]
    assert {diagnostic["severity"] for diagnostic in document["diagnostics"]} == {"warning"}
    assert {diagnostic["file"] for diagnostic in document["diagnostics"]} == {"seedgen.yaml"}


def test_a_plan_is_the_same_every_time(applied: Film) -> None:
    """The same project, lock and cache give the same document to the byte."""
    change_everything(applied)
    assert applied.run("plan", "--json").out == applied.run("plan", "--json").out


def test_all_lists_the_unchanged_too(applied: Film) -> None:
    """`--all` brings in what would be left out."""
    assert applied.plan()["changes"] == []
    document = applied.plan("--all")
    valid("plan", document)
    assert [change["action"] for change in document["changes"]] == ["unchanged"] * 3
    assert document["summary"]["unchanged"] == 3


def test_a_blocked_plan_follows_its_schema(film: Film) -> None:
    """Under a cap an unknown price blocks; the cost is null and the seconds are not counted."""
    ran = film.run("--profile", "proof", "plan", "--json", "--detailed-exitcode", "--max-cost", "1")
    document = json.loads(ran.out)
    valid("plan", document)
    assert ran.code == 2, "blocked shots count as changes"
    assert [change["reasons"] for change in document["changes"]] == [["unpriced"]] * 3
    assert document["profile"] == "proof"
    assert document["estimated_cost"] == {"usd": "0", "unpriced": 0, "seconds": 0}


def test_events_follow_their_schema_in_the_documented_order(applied: Film) -> None:
    """Version, warnings, the plan, then each job from submit to record, then the reel, then the end."""
    change_everything(applied)
    events = applied.apply("--concurrency", "1").events
    for event in events:
        valid("event", event)
    types = [event["type"] for event in events if event["type"] not in ("job_progress", "reel_progress")]
    assert types == [
        "version",
        *["diagnostic"] * 2,
        *["planned_change"] * 5,
        "change_summary",
        "take_recorded",
        *["job_submitted", "job_succeeded", "take_recorded"],
        *["job_submitted", "job_succeeded", "take_recorded", "take_recorded"],
        "reel_assembled",
        "apply_complete",
    ]
    assert all(one["ts"] <= other["ts"] for one, other in pairwise(events))
    recorded = [(e["shot"], e["action"]) for e in events if e["type"] == "take_recorded"]
    assert recorded == [("opening", "move"), ("s2", "regenerate"), ("new", "generate"), ("twin", "reuse")]
    assert (events[-1]["done"], events[-1]["failed"], events[-1]["interrupted"]) == (2, 0, False)


def test_a_failure_is_an_event(film: Film) -> None:
    """The shot and the reason; the end counts it, and the exit code is 1."""
    film.rot("refs/door.png")
    ran = film.run("apply", "--auto-approve", "--json")
    for event in ran.events:
        valid("event", event)
    (failed,) = [event for event in ran.events if event["type"] == "job_failed"]
    assert failed["shot"] == "s1"
    assert "door.png" in failed["message"]
    assert (ran.code, ran.events[-1]["failed"], ran.events[-1]["done"]) == (1, 1, 2)


def test_a_reel_that_cannot_be_made_still_ends_the_events(film: Film) -> None:
    """The clips are there and counted; what went wrong with the reel is a diagnostic before the end."""
    film.edit("fps: 24", "fps: 24, cut: {s1: {out: 30f}}")
    ran = film.run("apply", "--auto-approve", "--json")
    assert ran.code == 1
    for event in ran.events:
        valid("event", event)
    assert [event["type"] for event in ran.events[-2:]] == ["diagnostic", "apply_complete"]
    assert "0 to 30 is not within the clip's 24 frames" in ran.events[-2]["diagnostic"]["summary"]
    assert ran.events[-1]["done"] == 3
    assert "cut.s1" in ran.err


def test_a_shot_follows_its_schema(applied: Film) -> None:
    """Its request, its take with the clip's place, and what would become of it; only a move has `from`."""
    change_everything(applied)
    for shot, action in (("opening", "move"), ("s2", "regenerate"), ("new", "generate")):
        document = json.loads(applied.run("show", shot, "--json").out)
        valid("show", document)
        assert [change["action"] for change in document["changes"]] == [action]
        assert ["from" in change for change in document["changes"]] == [action == "move"]
    applied.run("apply", "--auto-approve", "--no-reel")
    document = json.loads(applied.run("show", "s2", "--json").out)
    (take,) = document["takes"]
    assert (take["picked"], take["frames"], take["cost_usd"]) == (True, 24, "0")
    assert (applied.root / take["clip"]) == applied.object("s2")
    assert document["references"][0]["location"] == "refs/wall.png"
    assert document["changes"] == []
    applied.object("s2").unlink()
    assert json.loads(applied.run("show", "s2", "--json").out)["takes"][0]["clip"] is None


def test_a_rendered_request_follows_its_schema(film: Film) -> None:
    """The body is what `render` prints without `--json`; the prompt is in the model's own words."""
    ran = film.run("--profile", "proof", "render", "s1", "--json")
    document = json.loads(ran.out)
    valid("render", document)
    assert document["body"] == json.loads(film.run("--profile", "proof", "render", "s1").out)
    assert document["sent_prompt"] == "A red door, @Image1, stands open."
    assert document["profile"] == "proof"
    both = film.run("render", "s1", "--json", "--prompt")
    assert (both.code, both.out) == (1, "")


def test_a_reel_follows_its_schema(film: Film) -> None:
    """What was assembled, of what, and what stands beside it; progress is on stderr."""
    ran = film.run("reel", "--json")
    document = json.loads(ran.out)
    valid("reel", document)
    assert "✓ build/main.mp4" in ran.err
    (reel,) = document["reels"]
    assert (reel["path"], reel["frames"], reel["rate"]) == ("build/main.mp4", 72, "24/1")
    assert (reel["segments"], reel["encoded"], reel["changed"]) == (3, 3, True)
    assert (reel["stand_ins"], reel["left_out"]) == (["s1", "s2", "s3"], [])
    assert [page["path"] for page in document["pages"]] == [
        "build/contact-sheet.png",
        "build/storyboard.html",
    ]
    assert not json.loads(film.run("reel", "main", "--json").out)["reels"][0]["changed"]


def test_decisions_follow_their_schemas(applied: Film) -> None:
    """The take that is picked and who continues its shot; what became of each shot to be accepted."""
    applied.edit("reels:\n", "  - {id: s4, prompt: On., from_shot: {id: s1}}\nreels:\n")
    ran = applied.run("pick", "s1", "1", "--json")
    document = json.loads(ran.out)
    valid("pick", document)
    assert (document["take"], document["before"], document["changed"]) == (1, 1, False)
    assert (document["continued_by"], ran.err) == (["s4"], "")

    applied.edit("how: bare", "how: tall")
    ran = applied.run("accept", "s2", "s4", "--json")
    document = json.loads(ran.out)
    valid("accept", document)
    told = [(one["shot"], one["accepted"], one["refusal"], one["kept"]) for one in document["shots"]]
    assert told == [("s2", True, None, [1]), ("s4", False, "no_clip", [])]
    assert [one["path"] for one in document["shots"][0]["diff"]] == ["prompt"]
    assert (ran.code, ran.err) == (1, "")


def test_problems_follow_their_schema(film: Film) -> None:
    """Sound, with errors and warnings, and not to be read at all: always one document, and the same codes."""
    sound = film.run("validate", "--json")
    assert (sound.code, sound.err) == (0, "")
    assert json.loads(sound.out)["shots"] == 3
    film.edit("references: [door]", "references: [dor]")
    film.edit("references: [wall]", "references: [wall, door]")
    ran = film.run("validate", "--json")
    document = json.loads(ran.out)
    valid("validate", document)
    assert (ran.code, ran.err, document["sound"]) == (1, "", False)
    assert (document["errors"], document["warnings"], document["shots"]) == (1, 1, 2)
    (error,) = [one for one in document["diagnostics"] if one["severity"] == "error"]
    assert error["file"] == "seedgen.yaml"
    assert film.yaml.splitlines()[error["line"] - 1][error["column"] - 1 :].startswith("dor]")
    film.write({"seedgen.yaml": "shots: ["})
    ran = film.run("validate", "--json")
    document = json.loads(ran.out)
    valid("validate", document)
    assert (ran.code, document["project"], document["errors"]) == (1, None, 1)


def test_the_lock_follows_its_schema(applied: Film) -> None:
    """The committed file is what `schema lock` describes."""
    valid("lock", json.loads((applied.root / "seedgen.lock").read_bytes()))


@pytest.mark.parametrize("name", NAMES)
def test_schemas_are_printed(name: str, film: Film) -> None:
    """`schema NAME` gives a JSON Schema that a validator takes."""
    ran = film.run("schema", name)
    assert (ran.code, ran.err) == (0, "")
    jsonschema_rs.validator_for(json.loads(ran.out))


def test_stdout_carries_data_and_stderr_the_rest(film: Film) -> None:
    """The plan is data; warnings, progress and the outcome are not, nor are errors."""
    film.edit("references: [door]", "references: [door, wall]")
    first = film.run("apply", "--auto-approve")
    assert first.out.startswith("  + s1")
    assert "Warning:" in first.err
    assert "Apply complete." in first.err
    assert not {"Warning", "Apply", "✓", "submitted"} & set(first.out.replace(":", " ").split())
    again = film.run("apply")
    assert again.out == NO_CHANGES + "\n"
    json.loads(film.run("plan", "--json").out)
    failed = film.run("show", "nobody")
    assert (failed.code, failed.out) == (1, "")
    assert failed.err.startswith("Error: ")
