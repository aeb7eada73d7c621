"""Schemas: what is committed is what the code says, and what the code writes fits it."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
import yaml

from seedgen.planning.capping import Caps
from seedgen.planning.found import World
from seedgen.planning.lock import Lock
from seedgen.planning.plan import Plan, ReelAction, ReelChange
from seedgen.planning.planner import make_plan
from seedgen.project.diagnostics import Diagnostic, Severity, Spot
from seedgen.project.shelf import SHIPPED
from seedgen.views.documents import plan_document, plan_json
from seedgen.views.schemas import NAMES, schema_text
from tests.fakes import FakeCache
from tests.planning.projects import STUDIO, Files, lock_of, opened, take_of
from tests.write_schemas import SCHEMAS

if TYPE_CHECKING:
    from pathlib import Path


def schema(name: str) -> Any:
    """A committed schema."""
    return json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_the_committed_schema_is_the_codes(name: str) -> None:
    """Editors and other programs read the file; `python -m tests.write_schemas` writes it anew."""
    committed = (SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8")
    assert committed == schema_text(name)
    jsonschema_rs.meta.validate(json.loads(committed))


def test_no_schema_is_left_over() -> None:
    """Each committed file belongs to a model."""
    assert sorted(file.name for file in SCHEMAS.iterdir()) == sorted(f"{name}.schema.json" for name in NAMES)


BEFORE = """\
provider: studio
shots:
  - {id: same, prompt: The same.}
  - {id: edited, prompt: Before.}
  - {id: old, prompt: Moved.}
  - {id: gone, prompt: Gone.}
"""
AFTER = """\
provider: studio
shots:
  - {id: same, prompt: The same.}
  - {id: edited, prompt: After.}
  - {id: new, prompt: Moved.}
  - {id: fresh, prompt: Fresh.}
  - {id: twin, prompt: Fresh.}
  - {id: dear, prompt: Dear., duration: 10, resolution: 720p}
"""


def plan_with_everything(root: Path) -> Plan:
    """A plan with every action but resume."""
    files: Files = {"cards/one.yaml": STUDIO}
    before = opened(root / "a", BEFORE, files).shots
    after = opened(root / "b", AFTER, files).shots
    cache = FakeCache(*(take_of(shot) for shot in before))
    world = World(cache.find, cache.present)
    plan = make_plan(after, lock_of(*before), world, project="film", caps=Caps(Decimal("0.50")))
    return replace(plan, reels=(ReelChange("main", ReelAction.ASSEMBLE),))


def test_a_plan_document_fits_its_schema(tmp_path: Path) -> None:
    """With every kind of change, and with a diagnostic; only the move says from where."""
    plan = plan_with_everything(tmp_path)
    problem = Diagnostic(
        Severity.WARNING, "summary", "detail", "shots.a", tmp_path / "seedgen.yaml", spot=Spot(3, 5)
    )
    text = plan_json(plan_document(plan, [problem], tmp_path, "1.2.3", everything=True))
    document = json.loads(text)
    jsonschema_rs.validator_for(schema("plan")).validate(document)
    assert {c["shot"]: c["action"] for c in document["changes"]} == {
        "same": "unchanged",
        "edited": "regenerate",
        "new": "move",
        "fresh": "generate",
        "twin": "reuse",
        "dear": "blocked",
        "gone": "remove",
    }
    assert {c["shot"]: c["from"] for c in document["changes"] if "from" in c} == {"new": "old"}
    assert document["diagnostics"][0]["file"] == "seedgen.yaml"
    # Two takes of 4 s at 0.05; the third would cost 1.00 and is blocked.
    assert document["estimated_cost"] == {"usd": "0.40", "unpriced": 0, "seconds": 8}
    jsonschema_rs.validator_for(schema("plan")).validate(
        json.loads(plan_json(plan_document(plan, [], tmp_path, "1.2.3")))
    )


def example() -> dict[str, Any]:
    """A plan document by hand, with the fields that DESIGN section 6 gives."""
    return {
        "format_version": "1.0",
        "seedgen_version": "1.2.3",
        "project": "film",
        "profile": None,
        "plan_id": "0" * 64,
        "lock_serial": 4,
        "summary": {
            "generate": 1,
            "regenerate": 0,
            "reuse": 0,
            "resume": 0,
            "move": 0,
            "remove": 0,
            "blocked": 0,
            "unchanged": 40,
        },
        "estimated_cost": {"usd": "0.72", "unpriced": 0, "seconds": 14},
        "changes": [
            {
                "shot": "010",
                "take": 1,
                "action": "generate",
                "reasons": [],
                "provider": "oxen",
                "model": "m",
                "fingerprint": "1" * 64,
                "prior_fingerprint": None,
                "cost_usd": None,
                "diff": [{"path": "prompt", "before": None, "after": "A."}],
            }
        ],
        "reels": [{"reel": "main", "action": "assemble", "stand_ins": []}],
        "diagnostics": [],
    }


def test_the_documented_plan_fits_the_schema() -> None:
    """The contract's example is a plan."""
    jsonschema_rs.validator_for(schema("plan")).validate(example())


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("format_version",), "2.0"),
        (("plan_id",), "short"),
        (("estimated_cost", "usd"), 0.72),
        (("summary", "generate"), "1"),
        (("changes", 0, "action"), "create"),
        (("changes", 0, "cost_usd"), 0.1),
        (("changes", 0, "fingerprint"), "xyz"),
        (("surprise",), 1),
    ],
)
def test_what_is_not_a_plan_document_is_refused(where: tuple[Any, ...], value: object) -> None:
    """Money is text, digests have 64 digits, actions are a closed set, and there are no further fields."""
    document = example()
    inner: Any = document
    for step in where[:-1]:
        inner = inner[step]
    inner[where[-1]] = value
    assert not jsonschema_rs.validator_for(schema("plan")).is_valid(document)


@pytest.mark.parametrize("lock", ["empty", "full"])
def test_a_lock_fits_its_schema(lock: str, tmp_path: Path) -> None:
    """With shots and without."""
    shots = opened(tmp_path, BEFORE, {"cards/one.yaml": STUDIO}).shots
    text = (lock_of(*shots) if lock == "full" else Lock()).to_text()
    jsonschema_rs.validator_for(schema("lock")).validate(json.loads(text))


@pytest.mark.parametrize("card", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_shipped_card_fits_the_schema(card: Path) -> None:
    """An editor that checks a card against the schema finds nothing wrong with ours."""
    jsonschema_rs.validator_for(schema("card")).validate(yaml.safe_load(card.read_text(encoding="utf-8")))


PROJECT = {"seedgen": 1, "name": "film", "shots": [{"id": 10, "prompt": "A.", "duration": 4}]}


@pytest.mark.parametrize(
    ("project", "fits"),
    [
        (PROJECT, True),
        ({**PROJECT, "reference_sets": {"s": {"images": ["a.png", {"path": "b.png", "face": True}]}}}, True),
        ({**PROJECT, "shotz": []}, False),
        ({**PROJECT, "seedgen": 2}, False),
        ({"seedgen": 1}, False),
    ],
)
def test_a_project_is_checked_by_its_schema(project: dict[str, Any], fits: bool) -> None:
    """Editors underline what validate would refuse, and nothing that it takes: `id: 10` is fine."""
    assert jsonschema_rs.validator_for(schema("project")).is_valid(project) is fits
