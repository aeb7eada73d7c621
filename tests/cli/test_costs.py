"""`seedgen costs`, and what `seedgen status` and `seedgen doctor` say of jobs, money and keys."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest

from seedgen.app import Settings, Workspace
from seedgen.execution.costs import By
from seedgen.views.costs import costs_text
from seedgen.views.paint import Paint
from seedgen.views.schemas import schema_text
from tests.cli.studio import applied, detached, in_doubt, studio
from tests.emulator import Do, Emulator, Fault

if TYPE_CHECKING:
    from pathlib import Path

    from tests.film import Film


@pytest.fixture
def film(tmp_path: Path, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Film:
    """Three shots at 0.44 USD each, of which the service bills 0.40; their clips last half a second."""
    return studio(tmp_path / "film", emulator, monkeypatch)


def costs(film: Film, by: str = "shot") -> dict[str, Any]:
    """The document of `costs --json`, which follows its schema."""
    ran = film.run("costs", "--by", by, "--json")
    assert ran.code == 0, ran.err
    document: dict[str, Any] = json.loads(ran.out)
    jsonschema_rs.validator_for(json.loads(schema_text("costs"))).validate(document)
    return document


def rows(film: Film, *arguments: str) -> dict[str, list[str]]:
    """The cells of the table, by the first word of its lines."""
    table = film.run("costs", *arguments).out.partition("\n\n")[0]
    return {line.split()[0]: line.split()[1:] for line in table.splitlines()}


def test_before_anything_was_spent(film: Film) -> None:
    """One sentence; and looking writes nothing."""
    assert film.run("costs").out == "Nothing was spent.\n"
    assert costs(film)["groups"] == []
    assert not film.cache.exists()


def test_local_takes_are_free(film: Film) -> None:
    """They are named only where there is nothing else."""
    film.apply("--no-reel", before=("--profile", "free"))
    assert film.run("costs").out == "Nothing was spent. 3 takes rendered locally, which is free.\n"
    applied(film, "--select", "door")
    assert "locally" not in film.run("costs").out


def test_every_shot_has_a_row(film: Film) -> None:
    """Estimated against billed, with the difference, and a line that adds them up."""
    applied(film)
    assert rows(film) == {
        "shot": ["takes", "video", "estimated", "actual", "difference"],
        **{shot: ["1", "0.5", "s", "$0.44", "$0.40", "-$0.04"] for shot in ("door", "roof", "wall")},
        "total": ["3", "1.5", "s", "$1.32", "$1.20", "-$0.12"],
    }
    assert "Spent $1.20, as billed." in film.run("costs").out


def test_costs_by_apply_and_by_provider(film: Film) -> None:
    """Two applies, two services; the total is the same each time."""
    applied(film, "--select", "door")
    applied(film, "--select", "wall", before=("--profile", "each"))
    by_apply, by_provider = costs(film, "apply"), costs(film, "provider")
    assert [group["takes"] for group in by_apply["groups"]] == [1, 1]
    assert {group["name"]: group["actual_usd"] for group in by_provider["groups"]} == {
        "eachlabs": "0.24",
        "oxen": "0.4",
    }
    assert by_apply["total"] == by_provider["total"] == costs(film)["total"]


def test_an_unknown_price_is_a_question_mark(film: Film) -> None:
    """The card at each::labs has no price: no estimate, no difference, but a bill."""
    applied(film, "--select", "door", before=("--profile", "each"))
    assert rows(film)["door"] == ["1", "0.5", "s", "?", "$0.24", "?"]
    assert costs(film)["total"]["unestimated"] == 1


def test_a_difference_with_an_unknown_part_is_a_question_mark(film: Film) -> None:
    """However it is added up: one clip has no estimate, so the whole cannot be compared."""
    applied(film, "--select", "door")
    applied(film, "--select", "wall", before=("--profile", "each"))
    for by in ("shot", "apply", "provider", "profile"):
        assert costs(film, by)["total"]["difference_usd"] is None
        assert rows(film, "--by", by)["total"][-1] == "?"


def test_profiles_are_told_apart(film: Film) -> None:
    """Where several are mixed it is said; each is shown alone when it is named."""
    applied(film, "--select", "door")
    assert "profile" not in film.run("costs").out
    applied(film, "--select", "wall", before=("--profile", "each"))
    assert "Under several profiles: no profile, each. `seedgen costs --by profile`" in film.run("costs").out
    groups = {group["name"]: group["actual_usd"] for group in costs(film, "profile")["groups"]}
    assert groups == {"": "0.4", "each": "0.24"}
    alone = film.run("--profile", "each", "costs").out
    assert "Spent $0.24, as billed." in alone
    assert "door" not in alone


def test_what_has_no_price_is_not_as_billed(film: Film, emulator: Emulator) -> None:
    """Neither a bill nor an estimate: the rest was billed, and the whole is not known."""
    applied(film, "--select", "door", before=("--profile", "each"))
    error = {"status": "error", "output": "the model broke"}
    emulator.add(Fault("eachlabs", "status", status=200, prompt="wall", body=error, times=None))
    applied(film, "--select", "wall", before=("--profile", "each"))
    said = film.run("costs").out
    assert "Spent $0.24 + 1 unpriced. Nobody has said what the unpriced one cost." in said
    assert "as billed" not in said


def test_a_clip_that_was_made_anew_was_paid_twice(film: Film) -> None:
    """Every attempt is in the sum. How long the first clip is, nobody keeps: it counts as asked for."""
    applied(film, "--select", "door")
    applied(film, "--select", "door", "--replace", "door")
    assert rows(film)["door"] == ["2", "4.5", "s", "$0.88", "$0.80", "-$0.08"]


def test_a_failure_is_shown_beside_the_takes(film: Film, emulator: Emulator) -> None:
    """Oxen says nothing of what it cost: it counts as estimated, and is no take."""
    emulator.add(Fault("oxen", "submit", Do.FAIL, prompt="red", error="the model broke"))
    applied(film)
    assert rows(film)["door"] == ["0", "1", "$0.44", "?", "?"]
    total = costs(film)["total"]
    assert (total["failed"], total["spent_usd"], total["actual_usd"]) == (1, "1.24", "0.8")
    assert "$0.44 of it as estimated, for 1 without a known bill" in film.run("costs").out


def test_a_lost_cache_is_told_from_the_lock(film: Film) -> None:
    """A clone has the lock alone: what it says was paid; of which apply, it does not say."""
    applied(film)
    before = costs(film)["total"]
    shutil.rmtree(film.cache)
    assert costs(film)["total"]["actual_usd"] == before["actual_usd"]
    (group,) = costs(film, "apply")["groups"]
    assert (group["name"], group["takes"]) == ("", 3)
    assert "(not in this journal)" in film.run("costs", "--by", "apply").out


@pytest.mark.parametrize("by", ["shot", "apply", "provider"])
def test_the_table_fits_in_80_columns(by: str, film: Film, emulator: Emulator) -> None:
    """With every column, unknown amounts and the longest id that there may be."""
    film.edit("id: door", f"id: {'d' * 64}")
    emulator.add(Fault("oxen", "submit", Do.FAIL, prompt="red", error="the model broke"))
    applied(film)
    applied(film, "--select", "wall", before=("--profile", "each"))
    workspace = Workspace(Settings(film.root))
    table = costs_text(workspace.desk.costs(By(by)), Paint(on=False), 80).partition("\n\n")[0]
    workspace.close()
    assert max(map(len, table.splitlines())) <= 80
    assert len({len(line.rstrip()) for line in table.splitlines()}) == 1, "the last column is aligned"


def test_what_is_under_way_stands_below_the_table(
    tmp_path: Path, tiny_clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not spent yet; status says it on one line."""
    with Emulator(tiny_clip, hold=True) as busy:
        film = studio(tmp_path / "film", busy, monkeypatch)
        detached(film, "--select", "wall")
        in_doubt(film, busy, service="oxen")
        said = film.run("costs").out
        assert said.startswith("Nothing was spent.")
        assert "In flight, estimated: 1 job, $0.44." in said
        assert "In doubt, perhaps billed: 1 job, $0.44." in said
        document = costs(film)
        assert document["in_flight"] == {"jobs": 1, "estimated_usd": "0.44", "unpriced": 0}
        status = film.run("status").out
        assert "jobs  1 in doubt, 1 in flight: `seedgen jobs list` shows them" in status
        assert "cost  $0.44 in flight, $0.44 in doubt" in status


def test_status_says_what_was_spent(film: Film) -> None:
    """As `costs` adds it up."""
    applied(film)
    assert "cost  $1.20 spent: `seedgen costs` says for what" in film.run("status").out


def test_doctor_says_where_keys_are_found(film: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the environment, in a `.env` beside the project file, or nowhere; never what they are."""
    said = film.run("doctor").out
    assert "EACHLABS_API_KEY for eachlabs: set in the environment" in said
    monkeypatch.delenv("EACHLABS_API_KEY")
    monkeypatch.delenv("OXEN_API_KEY")
    film.write({".env": "OXEN_API_KEY=very-secret\n"})
    said = film.run("doctor").out
    assert "EACHLABS_API_KEY for eachlabs: not set" in said
    assert "OXEN_API_KEY for oxen: set in .env" in said
    assert "secret" not in said
