"""Saved plans at the command line: made, shown, carried out once, and refused when they are not true."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest

from seedgen.views.schemas import schema_text
from tests.cli.studio import applied as submitted
from tests.cli.studio import in_doubt, studio
from tests.cli.test_interruptions import until
from tests.emulator import Emulator, Fault
from tests.film import NO_CHANGES, SHOTS, Film, Ran

if TYPE_CHECKING:
    from collections.abc import Callable


def save(film: Film, *arguments: str, before: tuple[str, ...] = ()) -> str:
    """The name of a file with a fresh plan of a film."""
    file = str(film.root / "plan.json")
    ran = film.run(*before, "plan", "-o", file, *arguments)
    assert ran.code == 0, ran.err
    assert f"Saved. `seedgen apply {file}` carries out just this plan." in ran.err
    return file


def refused(ran: Ran, *words: str) -> None:
    """An apply that ended before it did anything, with some words."""
    assert ran.code == 1, ran.err
    assert "Traceback" not in ran.err
    for word in words:
        assert word in ran.err, ran.err


def tampered(file: str, **fields: Any) -> str:
    """A plan file with other values than it had."""
    path = Path(file)
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))
    return file


# -- made ------------------------------------------------------------------------------------------


def test_a_plan_is_saved_beside_being_shown(film: Film) -> None:
    """stdout has what it has without -o; the file follows its schema, twice with the same bytes."""
    shown = film.run("plan").out
    file = film.root / "plan.json"
    assert film.run("plan", "-o", str(file)).out == shown
    first = file.read_bytes()
    jsonschema_rs.validator_for(json.loads(schema_text("saved_plan"))).validate(json.loads(first))
    assert film.run("plan", "--json", "--out", str(file)).out == film.run("plan", "--json").out
    assert file.read_bytes() == first
    assert list(film.root.glob(".plan*")) == []


def test_a_plan_file_tells_nothing_of_the_machine(film: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    """No path but of the project, no key, no time: it can be attached to a pull request."""
    monkeypatch.setenv("OXEN_API_KEY", "hush-hush")
    text = Path(save(film)).read_text()
    assert str(film.root) not in text
    assert str(Path.home()) not in text
    assert "hush" not in text
    assert "door.png" not in text, "references stand by content"
    assert json.loads(text)["takes"][0]["request"]["references"][0]["id"].startswith("sha256:")


def test_the_same_film_elsewhere_gives_the_same_file(film: Film, tmp_path: Path) -> None:
    """Byte by byte: a plan does not depend on where it was made."""
    shutil.copytree(film.root, tmp_path / "other")
    here, there = save(film), save(Film(tmp_path / "other"))
    assert Path(here).read_bytes() == Path(there).read_bytes()


def test_only_a_plan_is_written_over(film: Film) -> None:
    """A slip of the finger does not cost the project file."""
    before = film.yaml
    refused(film.run("plan", "-o", str(film.root / "seedgen.yaml")), "is there already and is no plan")
    assert film.yaml == before


# -- shown -----------------------------------------------------------------------------------------


def test_a_plan_is_shown_as_it_was_made(applied: Film) -> None:
    """As text it says what it froze and then what `plan` said; as JSON it is the document of then."""
    applied.edit("bare", "tall")
    file = save(applied, "--max-cost", "5", before=("--var", "colour=blue"))
    shown, document = (applied.run("--var", "colour=blue", "plan", *how).out for how in ((), ("--json",)))
    applied.edit("tall", "low")
    ran = applied.run("show", file)
    assert ran.out == (
        "A plan of film, made against the lock's serial 1.\nVariables given: colour=blue.\n"
        f"Made under a cap of $5.00.\n\n{shown}"
    )
    assert applied.run("show", file, "--json").out == document


def test_a_shot_wins_over_a_file_and_a_slash_over_a_shot(
    applied: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`s1` is the shot though there is a file `s1`; `./s1` is the file."""
    monkeypatch.chdir(applied.root)
    shutil.copy(save(applied), "s1")
    shutil.copy("s1", "other")
    assert "fingerprint" in applied.run("show", "s1").out
    for name in ("./s1", "other"):
        assert applied.run("show", name).out.startswith("A plan of film,")
    refused(applied.run("show", "nobody"), "no shot 'nobody'")
    refused(applied.run("show", "./nobody"), "no file nobody")
    refused(applied.run("show", "seedgen.lock"), "seedgen.lock is no saved plan")


@pytest.mark.parametrize("words", ["s1", "s*", "tag:hero"])
def test_shots_in_place_of_a_plan_are_pointed_to_select(film: Film, words: str) -> None:
    """An apply takes a plan's file; what is none, and names shots, goes behind --select."""
    ran = film.run("--profile", "draft", "apply", words)
    refused(ran, "no plan file", f"`seedgen --profile draft apply --select {shlex.quote(words)}`")
    assert not (film.root / "seedgen.draft.lock").exists()
    refused(film.run("apply", "nobody.json"), "no file nobody.json", "`seedgen plan -o FILE`")


def test_a_plan_can_be_shown_where_no_project_is(applied: Film, tmp_path: Path) -> None:
    """Who reviews it needs nothing but the file."""
    empty = Film(tmp_path / "empty")
    empty.root.mkdir()
    file = save(applied)
    for name in (file, "plan.json"):
        assert NO_CHANGES in Film(applied.root if name == "plan.json" else empty.root).run("show", file).out


# -- carried out -----------------------------------------------------------------------------------


def test_a_plan_is_carried_out_without_asking(film: Film) -> None:
    """Nobody is at the terminal, and nobody is asked: it was approved by being made."""
    ran = film.run("apply", save(film))
    assert ran.code == 0, ran.err
    assert "Apply complete. 3 generated." in ran.err
    assert tuple(sorted(film.lock().shots)) == SHOTS
    assert film.lock().plan_id == json.loads((film.root / "plan.json").read_text())["plan_id"]
    assert (film.root / "build" / "main.mp4").is_file()
    refused(film.run("apply", str(film.root / "plan.json")), "plan.json was applied already")
    assert film.lock().serial == 1


def test_a_plan_brings_its_profile_variables_and_shots_along(film: Film) -> None:
    """None of them is typed again, and messages name commands as they are typed under the profile."""
    file = save(film, "--select", "s1 s2", before=("--profile", "long", "--var", "colour=blue"))
    ran = film.run("apply", file, "--json", "--no-reel")
    assert ran.code == 0, ran.err
    assert ran.submitted == ["s1", "s2"]
    lock = film.lock("seedgen.long.lock")
    assert lock.shots["s1"].request.prompt.startswith("A blue door")
    assert lock.shots["s1"].request.parameters["duration"] == 2
    refused(film.run("apply", file), "`seedgen --profile long plan` shows what is left")


BESIDE = [
    (("--profile", "long"), (), "--profile"),
    (("--var", "colour=blue"), (), "--var"),
    (("--var-file", "vars.yaml"), (), "--var-file"),
    ((), ("--select", "s1"), "--select"),
    ((), ("--replace", "s1"), "--replace"),
]


@pytest.mark.parametrize(("before", "after", "option"), BESIDE, ids="".join)
def test_what_a_plan_froze_cannot_be_given_with_it(
    before: tuple[str, ...], after: tuple[str, ...], option: str, film: Film
) -> None:
    """The rule is told, and nothing is done."""
    ran = film.run(*before, "apply", save(film), *after)
    refused(ran, f"{option} cannot be given with a saved plan", "plan anew with it")
    assert not film.objects


def test_the_environments_profile_must_be_the_plans(film: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that always works under one profile can apply plans of that one, and no others."""
    file = save(film, before=("--profile", "long"))
    monkeypatch.setenv("SEEDGEN_PROFILE", "proof")
    refused(film.run("apply", file), "was made under the profile long; SEEDGEN_PROFILE says proof")
    monkeypatch.setenv("SEEDGEN_PROFILE", "long")
    assert film.run("apply", file, "--no-reel").code == 0


def test_an_empty_plan_does_nothing_and_succeeds(applied: Film) -> None:
    """As often as it is true; not a byte and not a time differs."""
    file = save(applied)
    before = applied.standing()
    for _ in range(2):
        ran = applied.run("apply", file)
        assert (ran.code, ran.out) == (0, NO_CHANGES + "\n")
    events = applied.run("apply", file, "--json").events
    assert [event["type"] for event in events][-1] == "apply_complete"
    assert applied.standing() == before


def test_an_empty_plan_is_stale_when_there_is_something_to_do(applied: Film) -> None:
    """Its "no changes" must not stand for a film that has some."""
    file = save(applied)
    applied.edit("bare", "tall")
    refused(applied.run("apply", file), "plan.json is stale", "s2: the request differs in the prompt.")


def test_a_plan_of_reels_alone_is_applied_once_for_each_time_that_it_is_true(applied: Film) -> None:
    """Made again, nothing is left of it; when the reel is gone once more, the same plan is right again."""
    reel = applied.root / "build" / "main.mp4"
    reel.unlink()
    file = save(applied)
    assert applied.run("apply", file).code == 0
    assert reel.is_file()
    refused(applied.run("apply", file), "plan.json was applied already")
    reel.unlink()
    assert save(applied) == file
    assert applied.run("apply", file).code == 0
    assert reel.is_file()


@pytest.mark.parametrize(
    ("kind", "recorded"), [("job_submitted", 0), ("take_recorded", 1), ("reel_progress", 3)]
)
def test_a_killed_plan_goes_on_when_it_is_applied_again(kind: str, recorded: int, film: Film) -> None:
    """Whatever was recorded by then is not made again, and the film is what the plan said."""
    file = save(film)
    process = film.start("apply", file, "--json")
    until(process, kind)
    process.kill()
    process.communicate()
    ran = film.run("apply", file, "--json")
    assert ran.code == 0, ran.err
    assert len(ran.submitted) <= len(SHOTS) - recorded
    assert film.actions() == {}
    refused(film.run("apply", file), "plan.json was applied already")


def test_a_plan_is_applied_by_one_process_at_a_time(film: Film) -> None:
    """A second checkout over the same cache has a lock of its own, but not a second go at the plan."""
    file = save(film)
    other = Film(film.root.parent / "other")
    shutil.copytree(film.root, other.root)
    process = film.start("apply", file, "--json")
    until(process, "job_submitted")
    refused(other.run("--cache-dir", str(film.cache), "apply", file), "is being applied elsewhere")
    process.communicate()
    assert process.returncode == 0


def test_after_another_apply_an_interrupted_plan_does_not_go_on(film: Film) -> None:
    """It says that what it made is kept, and what goes on from there."""
    file = save(film)
    process = film.start("apply", file, "--json")
    until(process, "take_recorded")
    process.kill()
    process.communicate()
    film.apply("--no-reel")
    refused(
        film.run("apply", file), "plan.json is stale", "`seedgen apply` plans afresh and goes on from there"
    )


def test_a_shot_that_came_later_is_left_to_the_next_plan(film: Film) -> None:
    """The plan is about the shots that it was made for."""
    file = save(film)
    film.edit("reels:\n", "  - {id: s4, prompt: A cellar.}\nreels:\n")
    ran = film.run("apply", file, "--json", "--no-reel")
    assert sorted(ran.submitted) == list(SHOTS)
    assert film.actions() == {"s4": "generate"}


def test_what_the_cache_learnt_meanwhile_is_not_made(film: Film, tmp_path: Path) -> None:
    """Another project made two of the shots into the shared cache: the plan costs less, and says so."""
    cache = ("--cache-dir", str(tmp_path / "shared"))
    file = save(film, before=cache)
    shutil.copytree(film.root, tmp_path / "other")
    Film(tmp_path / "other").apply("--select", "s1 s3", "--no-reel", before=cache)
    ran = film.run(*cache, "apply", file, "--json", "--no-reel")
    assert ran.code == 0
    assert ran.submitted == ["s2"]
    assert "Since the plan was saved, 2 takes came to need no submit: s1, s3." in ran.err


CHAIN = """    from_shot: {id: s1, use: last_frame}
"""


def chained(film: Film) -> str:
    """A plan in which the third shot continues the first one, whose clip is not there yet."""
    film.edit("    vars: {sky: pale}\n", "    vars: {sky: pale}\n" + CHAIN)
    file = save(film)
    third = json.loads(Path(file).read_text())["takes"][2]
    assert (third["shot"], third["fingerprint"], third["continues"]["clip"]) == ("s3", None, None)
    return file


def test_a_chain_is_saved_as_far_as_it_is_known(film: Film) -> None:
    """It is shown as it was, and the apply makes all of it."""
    file = chained(film)
    assert film.run("show", file, "--json").out == film.run("plan", "--json").out
    assert film.run("plan").out in film.run("show", file).out
    ran = film.run("apply", file, "--no-reel")
    assert ran.code == 0, ran.err
    assert film.actions() == {}
    refused(film.run("apply", file), "plan.json was applied already")


def test_a_killed_chain_goes_on(film: Film) -> None:
    """The frame that the third shot waited for is there by then, and is no staleness."""
    file = chained(film)
    process = film.start("apply", file, "--json", "--concurrency", "1")
    until(process, "take_recorded", "s1")
    process.kill()
    process.communicate()
    ran = film.run("apply", file, "--json", "--no-reel")
    assert ran.code == 0, ran.err
    assert "s1" not in ran.submitted
    assert film.actions() == {}


# -- refused ---------------------------------------------------------------------------------------


def edit_prompt(film: Film) -> None:
    """Another prompt for the second shot."""
    film.edit("bare", "tall")


def repaint(film: Film) -> None:
    """Another picture under the same name."""
    shutil.copy(film.root / "refs" / "wall.png", film.root / "refs" / "door.png")


def apply_meanwhile(film: Film) -> None:
    """Somebody applies a shot."""
    film.apply("--select", "s3", "--no-reel")


def drop(film: Film) -> None:
    """The third shot is declared no longer."""
    film.write({"seedgen.yaml": film.yaml[: film.yaml.index("  - id: s3")] + "reels: {}\n"})


def add_take(film: Film) -> None:
    """A second take of the first shot."""
    film.edit("{how: open}", "{how: open}\n    takes: 2")


STALE: dict[str, tuple[Callable[[Film], None], str]] = {
    "prompt": (edit_prompt, "s2: the request differs in the prompt."),
    "reference": (repaint, "s1: the request differs in the reference 1."),
    "lock": (
        apply_meanwhile,
        "The lock has changed: it was at serial 0, and is at 1. It says something else of s3.",
    ),
    "gone": (drop, "s3: no longer declared."),
    "take": (add_take, "s1 take 2: not in the plan."),
}


@pytest.mark.parametrize("name", STALE)
def test_a_plan_that_is_no_longer_true_is_refused(name: str, film: Film) -> None:
    """With what differs, by shot, and what to type; nothing is submitted."""
    change, says = STALE[name]
    file = save(film)
    change(film)
    before = film.objects
    ran = film.run("apply", file)
    refused(ran, "plan.json is stale", says, f"Make it anew: `seedgen plan -o {file}`")
    assert (film.objects, ran.out) == (before, "")


def test_an_accept_makes_a_plan_stale_by_the_shot_it_is_about(applied: Film) -> None:
    """The lock's serial alone would not say where to look."""
    edit_prompt(applied)
    file = save(applied)
    applied.run("accept", "s2")
    refused(applied.run("apply", file), "is at 2. It says something else of s2.")


def test_a_clip_that_was_lost_makes_a_plan_stale(applied: Film) -> None:
    """It would be made again, which the plan does not say."""
    edit_prompt(applied)
    file = save(applied)
    applied.object("s3").unlink()
    shutil.rmtree(applied.root / "build")
    says = "s3: would be generated, which the plan does not say (because of its clip"
    refused(applied.run("apply", file), "plan.json is stale", says)


def test_a_plan_of_another_project_is_refused(film: Film) -> None:
    """By the name that the project has."""
    file = save(film)
    film.edit("name: film", "name: opera")
    refused(film.run("apply", file), "plan.json is a plan of the project 'film'; this is 'opera'")


def test_a_profile_that_is_gone_is_named(film: Film) -> None:
    """As it would be with --profile."""
    file = save(film, before=("--profile", "long"))
    film.edit("  long: {duration: 2}\n", "")
    refused(film.run("apply", file), "unknown profile")


# -- money -----------------------------------------------------------------------------------------


@pytest.fixture
def dear(tmp_path: Path, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Film:
    """Three shots at 0.44 USD each, at a service."""
    return studio(tmp_path / "film", emulator, monkeypatch)


def test_a_paid_plan_is_paid_once(dear: Film, emulator: Emulator) -> None:
    """Also from a second checkout with the old lock, over the same cache, and for a take made anew."""
    assert submitted(dear).code == 0
    file = save(dear, "--replace", "door")
    old = dear.root.parent / "old"
    shutil.copytree(dear.root, old, ignore=shutil.ignore_patterns(".seedgen"))
    assert dear.run("apply", file, "--no-reel").code == 0
    assert len(emulator.submits) == 4
    refused(dear.run("apply", file, "--no-reel"), "plan.json was applied already")
    cache = ("--cache-dir", str(dear.cache))
    refused(Film(old).run(*cache, "apply", file, "--no-reel"), "plan.json was applied already")
    assert len(emulator.submits) == 4


def test_a_price_that_changed_makes_a_plan_stale(dear: Film, emulator: Emulator) -> None:
    """Up or down: what was approved is what is paid."""
    file = save(dear)
    card = next((dear.root / "cards").iterdir())
    card.write_text(card.read_text().replace("480p: 0.11", "480p: 0.22"))
    refused(dear.run("apply", file), "door: the price was $0.44, and is $0.88.")
    assert len(emulator.submits) == 0


def test_an_unknown_price_still_has_to_be_allowed(dear: Film, emulator: Emulator) -> None:
    """Making a plan approves of no unknown price."""
    card = next((dear.root / "cards").iterdir())
    card.write_text(card.read_text().replace("480p: 0.11", "720p: 0.11"))
    file = save(dear)
    refused(dear.run("apply", file), "3 takes have no known price", "--allow-unpriced")
    assert len(emulator.submits) == 0
    assert dear.run("apply", file, "--allow-unpriced", "--no-reel").code == 0
    assert len(emulator.submits) == 3


def test_a_plan_file_lifts_no_cap(dear: Film, emulator: Emulator) -> None:
    """Whatever it says of the cap that it was made under, the project's holds, unless --max-cost does."""
    dear.edit("provider: oxen\n", "provider: oxen\nbudget: {max_cost: 1.00}\n")
    file = save(dear, "--max-cost", "2")
    refused(dear.run("apply", file), "the cap in force stops what", "roof: it would pass")
    tampered(file, max_cost_usd=None)
    refused(dear.run("apply", file), "the cap in force stops")
    tampered(file, max_cost_usd="2")
    assert len(emulator.submits) == 0
    assert dear.run("apply", file, "--max-cost", "99", "--no-reel").code == 0
    assert len(emulator.submits) == 3


def test_the_cap_of_the_plan_holds_too(dear: Film, emulator: Emulator) -> None:
    """A plan made under a cap blocks what passes it, though the apply is given a higher one."""
    file = save(dear, "--max-cost", "1")
    ran = dear.run("apply", file, "--max-cost", "99", "--no-reel")
    assert ran.code == 1
    assert "2 generated, 1 blocked" in ran.err
    assert len(emulator.submits) == 2


def test_an_interrupted_plan_goes_on_and_pays_nothing_twice(dear: Film, emulator: Emulator) -> None:
    """Two takes made anew, of which one failed: applied again, the plan makes that one alone."""
    assert submitted(dear).code == 0
    file = save(dear, "--replace", "door", "--replace", "wall")
    fault = emulator.add(Fault("oxen", "submit", prompt="bare", status=402, times=None))
    refused(dear.run("apply", file, "--no-reel"), "Apply incomplete. 1 generated")
    emulator.remove(fault)
    door = dear.lock().shots["door"].takes
    ran = dear.run("apply", file, "--no-reel")
    assert ran.code == 0, ran.err
    assert "Since the plan was saved, 1 take came to need no submit: door." in ran.err
    assert [submit.prompt for submit in emulator.submits].count("A red door.") == 2
    assert dear.lock().shots["door"].takes == door
    refused(dear.run("apply", file), "plan.json was applied already")


def test_a_detached_plan_collects_when_it_is_applied_again(dear: Film, emulator: Emulator) -> None:
    """Its jobs are in flight, so it is not done; going on with it submits nothing."""
    file = save(dear)
    assert dear.run("apply", file, "--detach").code == 0
    assert len(emulator.submits) == 3
    assert dear.run("apply", file, "--no-reel").code == 0
    assert len(emulator.submits) == 3
    refused(dear.run("apply", file), "plan.json was applied already")


def test_a_doubt_that_was_resolved_meanwhile_is_told_apart(dear: Film, emulator: Emulator) -> None:
    """Resolved to a job it costs nothing more; resolved to none it would be submitted, so it is stale."""
    in_doubt(dear, emulator, service="oxen", accepted=False)
    file = save(dear, "--select", "door")
    assert dear.run("jobs", "resolve", "door", "--not-billed").code == 0
    refused(dear.run("apply", file), "door: would be generated, which the plan does not say")
