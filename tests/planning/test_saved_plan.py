"""Saved plans: made, written and read they are the same, in the same bytes, and nothing else is believed."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedgen.digest import Digest, Fingerprint
from seedgen.errors import PlanUnreadable, UsageError
from seedgen.planning.lock import Lock
from seedgen.planning.plan import (
    Action,
    Change,
    FieldDiff,
    Plan,
    Reason,
    ReasonKind,
    ReelAction,
    ReelChange,
)
from seedgen.planning.request import Request, RequestReference
from seedgen.planning.saved_plan import SavedPlan, freeze, lock_digest
from seedgen.project.media import Derived, MediaType
from seedgen.project.models import FromShotUse
from seedgen.store.plan_file import is_plan, read_plan, write_plan
from seedgen.views.schemas import schema_text
from tests.planning.projects import STUDIO, lock_of, opened

words = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\u202e"), max_size=20)
ids = st.from_regex(re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,8}", re.ASCII), fullmatch=True)
hexes = st.binary(min_size=32, max_size=32).map(bytes.hex)
dollars = st.decimals(0, 1000, places=4)
plain = st.none() | st.booleans() | st.integers(-(2**31), 2**31) | words
variables = st.dictionaries(
    ids,
    st.recursive(
        plain | st.decimals(-100, 100, places=3),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
        max_leaves=6,
    ),
    max_size=3,
)
references = st.builds(
    RequestReference,
    st.sampled_from(MediaType),
    hexes.map("sha256:{}".format),
    st.none() | st.booleans(),
)
requests = st.builds(
    Request,
    st.sampled_from(["local", "eachlabs"]),
    ids,
    words,
    st.dictionaries(ids, st.booleans() | st.integers(-9, 9) | st.floats(0, 9, width=16) | words, max_size=3),
    st.lists(references, max_size=2).map(tuple),
)
reasons = st.builds(Reason, st.sampled_from(ReasonKind), ids)
diffs = st.builds(FieldDiff, ids, plain, plain, st.booleans())
continued = st.builds(Derived, ids, st.sampled_from(FromShotUse), st.none() | hexes.map(Digest))


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """A change, which may continue a clip that is not known yet: then its request is open."""
    action = draw(st.sampled_from(Action))
    request = draw(requests) if action is not Action.REMOVE else None
    derived = draw(st.none() | continued) if request is not None else None
    if request is not None and derived is not None:
        frame = RequestReference(MediaType.IMAGE, derived.id)
        request = replace(request, references=(*request.references, frame))
    return Change(
        shot=draw(ids),
        take=draw(st.integers(1, 3)),
        action=action,
        provider=draw(ids),
        model=draw(ids),
        reasons=tuple(draw(st.lists(reasons, max_size=2))),
        fingerprint=None if request is None or request.is_open else request.fingerprint(),
        prior_fingerprint=draw(st.none() | hexes.map(Fingerprint)),
        cost=draw(st.none() | dollars),
        seconds=draw(st.integers(0, 60)),
        diff=tuple(draw(st.lists(diffs, max_size=2))),
        request=request if action is not Action.UNCHANGED else None,
        media=() if derived is None else (derived,),
        moved_from=draw(st.none() | ids),
        stale_upstream=derived is not None and draw(st.booleans()),
    )


reels = st.builds(ReelChange, ids, st.sampled_from(ReelAction), st.lists(ids, max_size=2).map(tuple))
plans = st.builds(
    Plan,
    words,
    st.none() | ids,
    st.integers(0, 99),
    st.lists(changes(), max_size=4, unique_by=lambda change: (change.shot, change.take)).map(tuple),
    st.lists(reels, max_size=2).map(tuple),
)


SCHEMA = jsonschema_rs.validator_for(json.loads(schema_text("saved_plan")))


def saved_of(plan: Plan, given: dict[str, Any] | None = None, cap: Decimal | None = None) -> SavedPlan:
    """A plan, frozen against an empty lock."""
    return freeze(plan, Lock(), version="0.1.0", variables=given or {}, max_cost=cap)


@given(plan=plans, given_=variables, cap=st.none() | dollars)
@settings(deadline=None, max_examples=50)
def test_a_plan_made_saved_and_loaded_is_the_same(
    plan: Plan, given_: dict[str, Any], cap: Decimal | None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Every field that the file carries comes back; variables keep how they were written."""
    saved = saved_of(plan, given_, cap)
    file = tmp_path_factory.mktemp("plan") / "plan.json"
    write_plan(file, saved)
    loaded = read_plan(file)
    assert loaded == saved
    assert loaded.plan() == plan
    assert loaded.plan().plan_id == plan.plan_id
    assert repr(sorted(loaded.overrides().items())) == repr(sorted(given_.items()))
    assert loaded.identity() == saved.identity()
    assert loaded.to_text() == saved.to_text() == file.read_text(encoding="utf-8")
    SCHEMA.validate(json.loads(saved.to_text()))


@given(given_=variables)
def test_the_order_of_variables_is_not_in_the_bytes(given_: dict[str, Any]) -> None:
    """Whichever --var came first, the file is the same."""
    plan = Plan("film", None, 0, ())
    turned = dict(reversed(list(given_.items())))
    assert saved_of(plan, turned).to_text() == saved_of(plan, given_).to_text()


def test_a_number_keeps_how_it_was_written() -> None:
    """1.50 in a prompt is not 1.5. Mappings keep their order, and one that looks like a mark stays one."""
    written = {
        "speed": Decimal("1.50"),
        "odd": {"decimal": "1.50"},
        "deep": [{"mapping": {}}],
        "b": {"z": 1, "a": 2},
    }
    saved = saved_of(Plan("film", None, 0, ()), written)
    assert repr(sorted(saved.overrides().items())) == repr(sorted(written.items()))


def test_the_lock_is_known_by_its_shots_alone(tmp_path: Path) -> None:
    """Serial, plan and reels of a lock decide nothing; another clip does."""
    found = opened(tmp_path, "provider: studio\nshots: [{id: a, prompt: A.}]\n", {"cards/one.yaml": STUDIO})
    lock = lock_of(*found.shots)
    assert lock_digest(lock.model_copy(update={"serial": 9, "plan_id": None})) == lock_digest(lock)
    take = lock.shots["a"].takes[0].model_copy(update={"digest": "0" * 64})
    shot = lock.shots["a"].model_copy(update={"takes": (take,)})
    assert lock_digest(lock.model_copy(update={"shots": {"a": shot}})) != lock_digest(lock)


REQUEST = Request("local", "animatic", "A door.", {"duration": 4})
CHANGE = Change(
    "s1",
    1,
    Action.GENERATE,
    "local",
    "animatic",
    fingerprint=REQUEST.fingerprint(),
    cost=Decimal(0),
    request=REQUEST,
)


def sound() -> dict[str, Any]:
    """The JSON of a plan that can be read."""
    value: dict[str, Any] = json.loads(saved_of(Plan("film", None, 0, (CHANGE,))).to_text())
    return value


def deep(depth: int) -> Any:
    """Lists in lists."""
    value: Any = 0
    for _ in range(depth):
        value = [value]
    return value


HOSTILE: dict[str, tuple[dict[str, Any], str]] = {
    "of a later version": ({"seedgen_plan": 2}, "is a plan of version 2; this seedgen reads version 1"),
    "with a field of its own": ({"run": "rm"}, "damaged at run: extra inputs are not permitted"),
    "with a profile that is a path": ({"profile": "../../x"}, "damaged at profile: string should match"),
    "with a cursor in a name": ({"project": "a\x1b[2J"}, "damaged at project: string should match"),
    "with a price without end": ({"max_cost_usd": "1e999999999"}, "damaged at max_cost_usd"),
    "with a price that is no number": ({"max_cost_usd": "NaN"}, "damaged at max_cost_usd"),
    "with an unknown action": ({"takes.action": "run"}, "damaged at takes.0.action"),
    "with an unknown reason": ({"takes.reasons": ["because"]}, "damaged at takes.0"),
    "with another request": ({"takes.request.prompt": "B."}, "the fingerprint is not that of the request"),
    "with another id": ({"plan_id": "0" * 64}, "the plan_id is not that of these changes"),
    "with a variable in no form": ({"variables": {"x": {"y": 1}}}, "a variable is written in no known form"),
    "with a number that is none": ({"variables": {"x": {"decimal": "x"}}}, "'x' is no number"),
    "nested too deeply": ({"variables": {"x": deep(200)}}, "nested too deeply"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_was_tampered_with_is_refused(name: str, tmp_path: Path) -> None:
    """It is a clear error, for whoever made the file; and it is called a plan all the same."""
    edits, message = HOSTILE[name]
    value = sound()
    for path, new in edits.items():
        *steps, last = path.split(".")
        target: Any = value
        for step in steps:
            target = target[step][0] if step == "takes" else target[step]
        target[last] = new
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(value))
    with pytest.raises(PlanUnreadable) as caught:
        read_plan(file)
    assert str(caught.value).startswith("plan.json is ")
    assert message in str(caught.value)
    assert caught.value.remedy
    assert is_plan(file)


NO_PLANS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is no plan"),
    "no JSON": (b"seedgen: 1", "is no plan"),
    "no text": (b"\xff\xfe\x00", "is no plan"),
    "a list": (b"[]", "is no saved plan"),
    "what plan --json prints": (b'{"format_version": "1.0"}', "is no saved plan"),
    "not a number": (b'{"seedgen_plan": NaN}', "is no plan"),
    "lists without end": (b"[" * 100_000, "is no plan"),
}


@pytest.mark.parametrize("name", NO_PLANS)
def test_another_file_is_no_plan(name: str, tmp_path: Path) -> None:
    """It is said what it is not, and no plan is ever written over it."""
    data, message = NO_PLANS[name]
    file = tmp_path / "notes.txt"
    file.write_bytes(data)
    with pytest.raises(PlanUnreadable, match=f"notes.txt {message}"):
        read_plan(file)
    assert not is_plan(file)
    with pytest.raises(UsageError, match="is there already and is no plan"):
        write_plan(file, saved_of(Plan("film", None, 0, ())))
    assert file.read_bytes() == data


def test_a_file_without_end_is_not_read_to_it() -> None:
    """64 MiB are more than any plan has."""
    with pytest.raises(PlanUnreadable, match="larger than a plan can be"):
        read_plan(Path("/dev/zero"))


def test_a_plan_file_that_is_not_there_or_is_a_folder(tmp_path: Path) -> None:
    """Each is an error of its own, in words."""
    with pytest.raises(UsageError, match="no file"):
        read_plan(tmp_path / "plan.json")
    with pytest.raises(UsageError, match="cannot be read"):
        read_plan(tmp_path)
    with pytest.raises(UsageError, match="that is a folder"):
        write_plan(tmp_path, saved_of(Plan("film", None, 0, ())))
