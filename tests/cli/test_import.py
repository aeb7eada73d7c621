"""`seedgen import`: clips from elsewhere, under the request that their shot has now."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from seedgen.digest import digest_file
from seedgen.store.apply_lock import apply_lock
from tests.cli.studio import applied, detached, film_at, ids, in_doubt, states, studio
from tests.film import clips_in
from tests.media.clips import make, picture

if TYPE_CHECKING:
    from pathlib import Path

    from tests.emulator import Emulator
    from tests.film import Film


@pytest.fixture
def film(tmp_path: Path, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Film:
    """Three shots for a service whose jobs end at once; nothing applied."""
    return studio(tmp_path / "film", emulator, monkeypatch)


def foreign_job(film: Film, emulator: Emulator, tmp_path: Path) -> str:
    """The id of a job for the door that this project knows nothing of."""
    before = len(emulator.submits)
    detached(film_at(tmp_path / "elsewhere"), "--select", "door")
    (submit,) = emulator.submits[before:]
    return submit.job_id


# -- files -------------------------------------------------------------------------------------------


def test_a_file_becomes_the_clip_of_a_shot(film: Film, tiny_clip: Path, emulator: Emulator) -> None:
    """A copy is kept, lock and cache know it, nothing is submitted, and it cost this project nothing."""
    ran = film.run("import", "door", str(tiny_clip))
    assert (ran.code, ran.out) == (0, "")
    assert "door  imported: 0.5 s clip" in ran.err
    assert "Note: the clip is 3.5 s shorter than the 4 s that the shot asks for." in ran.err
    (take,) = film.lock().shots["door"].takes
    assert take.digest == digest_file(tiny_clip)
    assert (take.job_id, take.cost_usd, take.frames) == ("imported", None, 12)
    assert film.object("door").read_bytes() == tiny_clip.read_bytes()
    assert "No changes. The shot asked about matches its clip" in film.run("plan", "--select", "door").out
    assert ", imported\n" in film.run("show", "door").out
    assert film.run("costs").out.startswith("Nothing was spent.")
    assert emulator.submits == []
    assert tiny_clip.exists(), "the file itself is left alone"


def test_an_import_goes_into_the_reel(film: Film, tiny_clip: Path) -> None:
    """Like a clip that was generated."""
    film.run("import", "door", str(tiny_clip))
    assert film.run("--profile", "free", "plan").code == 0
    assert film.run("reel").code == 0
    assert (film.root / "build" / "clips" / "door.mp4").read_bytes() == tiny_clip.read_bytes()


def test_another_prompt_asks_for_another_clip(film: Film, tiny_clip: Path) -> None:
    """The import stands for the request that it was made for, and for no other."""
    film.run("import", "door", str(tiny_clip))
    film.edit("A red door.", "A green door.")
    assert film.actions("--select", "door") == {"door": "regenerate"}
    film.edit("A green door.", "A red door.")
    assert film.actions("--select", "door") == {}


def test_an_import_tells_of_shots_that_continue_it(film: Film, tiny_clip: Path) -> None:
    """They ask for another clip then, as after a pick; nothing is said where nothing continues it."""
    assert "continue" not in film.run("import", "door", str(tiny_clip)).err
    film.edit("shots:\n", "shots:\n  - {id: s9, prompt: On., from_shot: {id: door, use: last_frame}}\n")
    ran = film.run("import", "door", str(tiny_clip))
    assert "s9 continues it: `seedgen plan` shows what the import changes there." in ran.err


def test_a_paid_clip_is_replaced_only_when_asked(film: Film, tiny_clip: Path) -> None:
    """Without --replace the message says how; the same file twice is no replacement."""
    assert applied(film, "--select", "door").code == 0
    paid = film.digest("door")
    ran = film.run("import", "door", str(tiny_clip))
    assert ran.code == 1
    assert "--replace" in ran.err
    assert film.digest("door") == paid
    assert film.objects == {paid}, "what was refused is not kept"
    assert film.run("import", "door", str(film.object("door"))).code == 0
    assert film.lock().shots["door"].takes[0].cost_usd is not None
    assert film.run("import", "door", str(tiny_clip), "--replace").code == 0
    assert film.digest("door") == digest_file(tiny_clip)
    assert paid in film.objects, "a paid clip is never removed"
    assert "$0.40" in film.run("costs").out


@pytest.mark.parametrize(("frames", "note"), [(100, ""), (144, "2.0 s longer than the 4 s")])
def test_a_note_tells_of_another_length(film: Film, tmp_path: Path, frames: int, note: str) -> None:
    """A few frames more are what models make too; it is imported in either case."""
    clip = make(tmp_path / "clip.mp4", *picture(frames=frames))
    ran = film.run("import", "door", str(clip))
    assert ran.code == 0
    assert ("Note:" in ran.err, note in ran.err) == (bool(note), True)


def test_a_second_take_can_be_imported(film: Film, tiny_clip: Path) -> None:
    """Each take has a request of its own; one that is not declared is refused."""
    ran = film.run("import", "door", str(tiny_clip), "--take", "2")
    assert ran.code == 1
    assert "Declare `takes: 2`" in ran.err
    film.edit("prompt: A red door.,", "prompt: A red door., takes: 2,")
    assert film.run("import", "door", str(tiny_clip), "--take", "2").code == 0
    assert [take.take for take in film.lock().shots["door"].takes] == [2]
    (change,) = film.plan("--select", "door")["changes"]
    assert (change["take"], change["action"]) == (1, "generate")


def test_only_what_decodes_is_imported(film: Film, tmp_path: Path) -> None:
    """A text, a folder, a cut off video, nothing at all: refused in a sentence, nothing is kept."""
    whole = make(tmp_path / "whole.mp4", *picture("noise=alls=80", frames=24), "-movflags", "+faststart")
    files = {
        "text.mp4": b"not a video",
        "cut.mp4": whole.read_bytes()[: whole.stat().st_size // 2],
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    for name in (*files, ".", "nowhere.mp4"):
        ran = film.run("import", "door", str(tmp_path / name))
        assert (ran.code, ran.out) == (1, ""), name
        assert ran.err.startswith("Error: ")
        assert "bug" not in ran.err
    Image.new("RGB", (8, 8)).save(tmp_path / "still.png")
    ran = film.run("import", "door", str(tmp_path / "still.png"))
    assert "is not a video but png\n  A clip is a video, such as MP4 or MOV." in ran.err
    assert film.objects == set()
    assert not (film.root / "seedgen.lock").exists()


def test_a_shot_with_an_open_job_is_not_imported(
    tmp_path: Path, busy: Emulator, tiny_clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its clip is paid and would be lost sight of: the message says how to get it, or to end it."""
    film = studio(tmp_path / "film", busy, monkeypatch)
    detached(film, "--select", "door")
    ran = film.run("import", "door", str(tiny_clip))
    assert ran.code == 1
    assert "`seedgen apply` collects its clip" in ran.err
    assert "`seedgen jobs cancel door --take 1`" in ran.err
    other = film_at(tmp_path / "other")
    in_doubt(other, busy, "wall")
    ran = other.run("--profile", "each", "import", "wall", str(tiny_clip))
    assert ran.code == 1
    assert "jobs resolve wall --take 1 --job-id ID" in ran.err


def test_an_import_waits_for_no_apply(film: Film, tiny_clip: Path) -> None:
    """Both write the lock: while an apply runs, the message says so."""
    with apply_lock(film.root / ".seedgen"):
        ran = film.run("import", "door", str(tiny_clip))
    assert ran.code == 1
    assert "Error: an apply runs" in ran.err


def test_a_local_shot_takes_a_file_too(film: Film, tiny_clip: Path) -> None:
    """A real clip in place of an animatic, under the profile's own lock; of jobs it has none."""
    free = ("--profile", "free")
    assert film.run(*free, "import", "door", str(tiny_clip)).code == 0
    assert film.lock("seedgen.free.lock").shots["door"].takes[0].provider == "local"
    assert film.actions("--select", "door", before=free) == {}
    ran = film.run(*free, "import", "wall", "--job-id", "some-id")
    assert ran.code == 1
    assert "local provider" in ran.err


MISTAKES = [
    ("import door", "nothing to import"),
    ("import door a.mp4 --job-id x", "exclude each other"),
    ("import dor a.mp4", "Did you mean 'door'?"),
    ("import door a.mp4 --force", "--force goes with --job-id"),
    ("import", "SHOT"),
]


@pytest.mark.parametrize(("typed", "said"), MISTAKES)
def test_wrong_usage_is_told(typed: str, said: str, film: Film) -> None:
    """Exit code 1, and what would be right."""
    ran = film.run(*typed.split())
    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err


# -- jobs --------------------------------------------------------------------------------------------


def test_a_job_from_elsewhere_is_fetched(film: Film, emulator: Emulator, tmp_path: Path) -> None:
    """Its clip and its bill are recorded as those of a resumed job; nothing is submitted."""
    job = foreign_job(film, emulator, tmp_path)
    ran = film.run("import", "door", "--job-id", job)
    assert ran.code == 0, ran.err
    assert f"goes on at oxen: job {job}" in ran.err
    assert "imported: 0.5 s clip, $0.40" in ran.err
    (take,) = film.lock().shots["door"].takes
    assert (take.job_id, str(take.cost_usd), take.cost_estimated) == (job, "0.4", False)
    assert film.object("door").read_bytes() == emulator.clip_of(job)
    assert states(film, "--all") == {"door": "recorded"}
    assert film.run("import", "door", "--job-id", job).code == 0, "the same job twice is no mistake"
    assert len(emulator.submits) == 1
    assert "$0.40" in film.run("costs", "--by", "apply").out


def test_a_job_of_another_shot_is_refused(film: Film, emulator: Emulator) -> None:
    """One job is one take."""
    applied(film, "--select", "wall")
    ran = film.run("import", "door", "--job-id", emulator.submits[0].job_id)
    assert ran.code == 1
    assert "belongs to shot wall" in ran.err
    assert states(film) == {}


def test_a_job_that_was_asked_for_something_else_is_refused(
    film: Film, emulator: Emulator, tmp_path: Path
) -> None:
    """Both prompts are shown, or what else may differ is said; who insists gets its clip."""
    job = foreign_job(film, emulator, tmp_path)
    ran = film.run("import", "wall", "--job-id", job)
    assert ran.code == 1
    assert "“A red door.”" in ran.err
    assert "“A bare wall.”" in ran.err
    assert "--force" in ran.err
    film.edit("duration: 4", "duration: 5")
    assert "parameters or references differ" in film.run("import", "door", "--job-id", job).err
    assert states(film, "--all") == {}
    assert film.run("import", "wall", "--job-id", job, "--force").code == 0
    assert film.object("wall").read_bytes() == emulator.clip_of(job)
    assert len(emulator.submits) == 1


def test_a_job_that_nobody_knows_is_refused(film: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    """The id is checked before anything is written; so is the key."""
    ran = film.run("import", "door", "--job-id", "nonsense")
    assert ran.code == 1
    assert "Check the id" in ran.err
    assert states(film, "--all") == {}
    monkeypatch.delenv("OXEN_API_KEY")
    ran = film.run("import", "door", "--job-id", "nonsense")
    assert ran.code == 1
    assert "OXEN_API_KEY" in ran.err


def test_a_job_that_failed_has_nothing_to_import(
    tmp_path: Path, busy: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says how it ended; the shot may still be generated."""
    film = studio(tmp_path / "film", busy, monkeypatch)
    job = foreign_job(film, busy, tmp_path)
    busy.finish(job, error="the model broke")
    ran = film.run("import", "door", "--job-id", job)
    assert ran.code == 1
    assert "the model broke" in ran.err
    assert film.actions("--select", "door") == {"door": "generate"}


def test_a_job_that_was_closed_by_mistake_comes_back(film: Film, emulator: Emulator) -> None:
    """Somebody said that it was not billed, and then found it: it is imported, and counted once."""
    in_doubt(film, emulator)
    each = ("--profile", "each")
    (job,) = (submit.job_id for submit in emulator.submits)
    film.run("jobs", "resolve", "door", "--job-id", job)
    film.run("jobs", "resolve", "door", "--not-billed", "--force")
    assert film.run(*each, "import", "door", "--job-id", job).code == 0
    assert states(film, "--all", before=each) == {"door": "recorded"}
    assert "Spent $0.24" in film.run("costs").out


def test_ctrl_c_leaves_the_job_in_flight(
    tmp_path: Path, busy: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 130; the next apply collects the clip."""
    film = studio(tmp_path / "film", busy, monkeypatch)
    job = foreign_job(film, busy, tmp_path)
    process = film.start("import", "door", "--job-id", job)
    assert process.stderr is not None
    assert f"job {job}" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    said = process.stderr.read()
    assert process.wait() == 130
    process.stderr.close()
    assert process.stdout is not None
    process.stdout.close()
    assert "left in flight" in said
    assert ids(film) == {"door": job}
    busy.finish()
    assert applied(film, "--select", "door").code == 0
    assert film.lock().shots["door"].takes[0].job_id == job
    assert len(busy.submits) == 1
    assert len(clips_in(film.cache)) == 1
