"""Keys: where they are read, that nothing in a project leads them elsewhere, and that a plan needs none."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.staging import (
    APPLY,
    EACH,
    OXEN,
    PACE,
    SHOTS,
    WORDS,
    accepted,
    actions,
    new_film,
    play,
    variables,
    with_clips,
)
from tests.cli.test_troubles import files_with
from tests.cli.troubles import SUBMITS
from tests.emulator import Do, Emulator, Fault

if TYPE_CHECKING:
    from pathlib import Path

    from tests.film import Film

SERVICES = [EACH, OXEN]
GUARD = """\
import sys

def refuse(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}:
        sys.stderr.write(f"NETWORK {event} {arguments}\\n")
        raise OSError("no network here")

sys.addaudithook(refuse)
from seedgen.cli.main import run
raise SystemExit(run(sys.argv[1:]))
"""
"""seedgen in a Python that refuses to talk to anybody, and says whom it was about to talk to."""


@pytest.fixture
def there(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """The emulator is where the services are; there is no key in the environment."""
    for name in ("EACHLABS_BASE_URL", "OXEN_BASE_URL"):
        monkeypatch.setenv(name, emulator.environment[name])
    monkeypatch.setenv("SEEDGEN_PACE", PACE)
    return emulator


def offline(film: Film, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own that cannot talk to anybody."""
    kept = {name: value for name, value in os.environ.items() if not name.endswith(("_BASE_URL", "_API_KEY"))}
    command = [sys.executable, "-c", GUARD, "-C", str(film.root), *arguments]
    return subprocess.run(
        command, env={**kept, **environment}, capture_output=True, text=True, timeout=60, check=False
    )


# Where keys are read


@pytest.mark.parametrize("service", SERVICES)
def test_a_key_in_the_projects_env_file_works(there: Emulator, tmp_path: Path, service: str) -> None:
    """Nobody has to export it."""
    film = new_film(tmp_path / "film", service)
    film.write({".env": f"# ours\n{WORDS[service]['key']}='{there.keys[service]}'\n"})
    assert film.run(*APPLY).code == 0
    assert with_clips(film) == SHOTS


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("right", ["environment", "file"])
def test_the_environments_key_wins(
    there: Emulator, tmp_path: Path, service: str, right: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever of the two is the right one."""
    name, key = WORDS[service]["key"], there.keys[service]
    monkeypatch.setenv(name, key if right == "environment" else "an-old-key")
    film = new_film(tmp_path / "film", service)
    film.write({".env": f"{name}={key if right == 'file' else 'an-old-key'}\n"})
    ran = film.run(*APPLY)
    assert ran.code == (0 if right == "environment" else 1)
    assert ("refused the key" in ran.err) is (right == "file")
    assert f"Check {name}." in ran.err or right == "environment"


@pytest.mark.parametrize("service", SERVICES)
def test_a_link_in_place_of_the_env_file_is_not_read(there: Emulator, tmp_path: Path, service: str) -> None:
    """A project from elsewhere could point it at anything."""
    film = new_film(tmp_path / "film", service)
    secret = tmp_path / "secret"
    secret.write_text(f"{WORDS[service]['key']}={there.keys[service]}\n")
    (film.root / ".env").symlink_to(secret)
    ran = film.run(*APPLY)
    assert ran.code == 1
    assert f"no key for {WORDS[service]['service']}" in ran.err
    assert f"Set {WORDS[service]['key']} in the environment, or in a .env beside seedgen.yaml." in ran.err
    assert there.requests == []


# Where keys go

CARD = """\
card: 1
provider: {service}
model: own
version: "1"
title: Own
{more}
parameters:
  duration: {{type: integer, default: 4}}
"""


@pytest.mark.parametrize("service", SERVICES)
def test_a_project_cannot_name_another_host(
    there: Emulator, tmp_path: Path, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`base_url` is no word of the project file: nothing is sent at all."""
    monkeypatch.setenv(WORDS[service]["key"], there.keys[service])
    film = new_film(tmp_path / "film", service)
    settings = f"{{{service}: {{base_url: '{there.elsewhere_url}'}}}}"
    film.edit("{oxen: {upload_repo: studio/refs, public_uploads: true}}", settings)
    ran = film.run(*APPLY)
    assert ran.code == 1
    assert "base_url" in ran.err
    assert there.requests == []


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("word", ["base_url", "url", "host", "endpoint"])
def test_a_card_cannot_name_another_host(
    there: Emulator, tmp_path: Path, service: str, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A card says what a model takes; where it is talked to is no word of it."""
    monkeypatch.setenv(WORDS[service]["key"], there.keys[service])
    more = f"{word}: '{there.elsewhere_url}'"
    film = new_film(tmp_path / "film", service)
    film.write({"cards/own.yaml": CARD.format(service=service, more=more)})
    ran = film.run(*APPLY)
    assert ran.code == 1
    assert f"cards/own.yaml:6:1  {word}" in ran.err
    assert there.requests == []


@pytest.mark.parametrize(("service", "host"), [(EACH, "api.eachlabs.ai"), (OXEN, "hub.oxen.ai")])
def test_the_env_file_cannot_name_another_host(tmp_path: Path, service: str, host: str) -> None:
    """Of all names in it two are read. The process is stopped when it looks for the service's real host."""
    film = new_film(tmp_path / "film", service)
    elsewhere = "http://elsewhere.invalid:80"
    names = [
        f"{name}={elsewhere}" for name in ("EACHLABS_BASE_URL", "OXEN_BASE_URL", "HTTPS_PROXY", "ALL_PROXY")
    ]
    film.write({".env": "\n".join([*names, f"{WORDS[service]['key']}=a-key-of-ours"])})
    ran = offline(film, *APPLY, SEEDGEN_PACE=PACE)
    assert ran.returncode == 1
    asked = {line for line in ran.stderr.splitlines() if line.startswith("NETWORK")}
    assert asked
    assert all(host in line for line in asked), asked
    assert "elsewhere.invalid" not in ran.stderr
    assert "a-key-of-ours" not in ran.stdout + ran.stderr


@pytest.mark.parametrize("service", SERVICES)
def test_events_and_documents_have_no_key(tiny_clip: Path, tmp_path: Path, service: str) -> None:
    """Not even after a service has repeated it."""
    film = new_film(tmp_path / "film", service)
    [trouble] = [one for one in SUBMITS if one.name == "401 that repeats the key"]
    with Emulator(tiny_clip) as emulator:
        story = play(trouble, service, film, emulator, os.environ)
        with variables({**emulator.environment, "SEEDGEN_PACE": PACE}, os.environ):
            emulator.add(trouble.faults[SERVICES.index(service)])
            told = film.run(*APPLY, "--json", "--replace", "door")
            assert "no such key: [key]" in told.out
            commands = [
                ("jobs", "list", "--all"),
                ("jobs", "list", "--all", "--json"),
                ("costs", "--json"),
                ("plan", "--json"),
                ("render", "door"),
                ("providers", "--json"),
                ("doctor",),
                ("status",),
            ]
            said = [story.said, told.out, told.err]
            for command in commands:
                ran = film.run(*command)
                said += [ran.out, ran.err]
        assert not [key for key in emulator.keys.values() if key in "".join(said)]
        assert files_with(emulator.keys.values(), tmp_path) == []
        assert emulator.violations == []


# Without a key, without a network

TWO = """\
seedgen: 1
name: film
defaults: {resolution: 480p, duration: 4}
shots:
  - {id: door, provider: eachlabs, prompt: A red door.}
  - {id: wall, provider: oxen, prompt: A grey wall.}
"""
LOOKING = [
    ("validate",),
    ("plan", "--json"),
    ("status",),
    ("show", "door"),
    ("render", "wall"),
    ("jobs", "list"),
    ("costs",),
    ("providers",),
]


@pytest.mark.parametrize("command", LOOKING, ids=" ".join)
def test_looking_needs_no_key_and_no_network(tmp_path: Path, command: tuple[str, ...]) -> None:
    """At a project of both services. Not even a name is looked up."""
    film = new_film(tmp_path / "film", EACH)
    film.write({"seedgen.yaml": TWO})
    ran = offline(film, *command)
    assert ran.returncode == 0, ran.stderr
    assert "NETWORK" not in ran.stderr
    if command[0] == "plan":
        changes = json.loads(ran.stdout)["changes"]
        assert {c["provider"]: c["action"] for c in changes} == {EACH: "generate", OXEN: "generate"}


def test_a_plan_with_jobs_in_flight_and_in_doubt_asks_nobody(
    there: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the journal knows is enough: one shot is resumed, the other is blocked."""
    film = new_film(tmp_path / "film", EACH)
    film.write({"seedgen.yaml": TWO})
    with monkeypatch.context() as keyed:
        for name, value in there.environment.items():
            keyed.setenv(name, value)
        there.add(Fault(EACH, "submit", Do.DROP))
        there.add(Fault(OXEN, "submit", Do.HOLD))
        assert film.run(*APPLY, "--detach").code == 1
    assert actions(film) == {"door": "blocked", "wall": "resume"}
    before = len(there.requests)
    ran = offline(film, "plan", "--json")
    assert {c["shot"]: c["action"] for c in json.loads(ran.stdout)["changes"]} == actions(film)
    assert "NETWORK" not in ran.stderr
    assert len(there.requests) == before
    assert accepted(there, "grey wall") == 1
