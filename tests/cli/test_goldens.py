"""Golden files: what a plan says, to people and to programs, for each action and reason."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import jsonschema_rs
import pytest

from seedgen.planning.plan import Action, ReasonKind
from seedgen.views.schemas import schema_text
from tests.cli.goldens import CASES, build, json_of, text_of
from tests.write_goldens import GOLDEN

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", CASES)
def test_a_plan_says_what_it_said(name: str, tmp_path: Path) -> None:
    """Both files are just what the commands print; `python -m tests.write_goldens` writes them anew."""
    case = CASES[name]
    film = build(case, tmp_path / "film")
    assert text_of(case, film) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
    document = json_of(case, film)
    assert document == (GOLDEN / f"{name}.json").read_text(encoding="utf-8")
    jsonschema_rs.validator_for(json.loads(schema_text("plan"))).validate(json.loads(document))


def test_there_is_a_case_for_each_action_and_reason() -> None:
    """And no file without a case."""
    documents = [json.loads(file.read_text(encoding="utf-8")) for file in GOLDEN.glob("*.json")]
    changes = [change for document in documents for change in document["changes"]]
    assert {change["action"] for change in changes} == {action.value for action in Action}
    reasons = {reason.partition(":")[0] for change in changes for reason in change["reasons"]}
    assert reasons == {kind.value for kind in ReasonKind}
    assert sorted({file.stem for file in GOLDEN.iterdir()}) == sorted(CASES)
