"""What is asked at a real terminal before money is spent, and what no answer and no flag lifts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.screen import Terminal
from tests.cli.studio import detached, studio

if TYPE_CHECKING:
    from pathlib import Path

    from tests.emulator import Emulator
    from tests.film import Film

EACH = ("--profile", "each")
"""A model without a price; each of the three shots is estimated at 0.44 USD without the profile."""


@pytest.fixture
def film(tmp_path: Path, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Film:
    """Three shots for a service; nothing applied."""
    return studio(tmp_path / "film", emulator, monkeypatch)


def test_the_question_comes_after_the_changes_and_names_cost_and_cap(film: Film, emulator: Emulator) -> None:
    """Three takes at 0.44; nothing is submitted before the answer."""
    terminal = Terminal(film, "apply", "--no-reel", "--max-cost", "5")
    terminal.read_until("Submit 3 takes for $1.32 (cap $5.00, $0.00 in flight)? [y/N]")
    changes, _, rest = terminal.written.partition("Plan:")
    assert changes.count("$0.44") == 3
    assert "Estimated cost $1.32" in rest.partition("Submit")[0]
    assert emulator.submits == []
    terminal.type("y\n")
    assert terminal.end() == 0
    assert len(emulator.submits) == 3


def test_the_projects_budget_is_the_cap(film: Film, emulator: Emulator) -> None:
    """What does not fit is shown as blocked, and is in no sum that is approved."""
    film.edit("shots:\n", "budget: {max_cost: 0.90}\nshots:\n")
    terminal = Terminal(film, "apply", "--no-reel")
    terminal.read_until("Submit 2 takes for $0.88 (cap $0.90, $0.00 in flight)?")
    assert "The cap is $0.90, the whole would cost $1.32" in terminal.written
    terminal.type("n\n")
    assert terminal.end() == 1
    assert "Not approved. Nothing was done." in terminal.written
    assert emulator.submits == []


def test_what_is_in_flight_is_part_of_the_question(
    tmp_path: Path, busy: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job of an edited shot, and one that is gone on with: both count under the cap."""
    film = studio(tmp_path / "film", busy, monkeypatch)
    detached(film, "--select", "tag:hero")
    film.edit("A pale roof.", "A dark roof.")
    terminal = Terminal(film, "apply", "--no-reel")
    terminal.read_until("Submit 2 takes for $0.88 (no cap, $0.88 in flight)?")
    terminal.type("n\n")
    assert terminal.end() == 1
    terminal = Terminal(film, "apply", "--no-reel", "--select", "door")
    terminal.read_until("Collect 1 take from jobs in flight, paid already ($0.88 estimated)?")
    terminal.type("n\n")
    assert terminal.end() == 1
    assert len(busy.submits) == 2


@pytest.mark.parametrize(("answers", "code", "submits"), [("ny", 1, 0), ("yn", 1, 0), ("yy", 0, 3)])
def test_an_unknown_price_is_a_question_of_its_own(
    answers: str, code: int, submits: int, film: Film, emulator: Emulator
) -> None:
    """Both are answered with yes before anything is submitted."""
    terminal = Terminal(film, *EACH, "apply", "--no-reel")
    terminal.read_until("3 takes have no known price. Submit all the same? [y/N]")
    terminal.type(f"{answers[0]}\n")
    if answers[0] == "y":
        terminal.read_until("Submit 3 takes at an unknown price (no cap, $0.00 in flight)? [y/N]")
        terminal.type(f"{answers[1]}\n")
    assert terminal.end() == code
    assert len(emulator.submits) == submits


def test_approval_beforehand_lifts_no_unknown_price(film: Film, emulator: Emulator) -> None:
    """Also where somebody could be asked: the message names the flag that does."""
    terminal = Terminal(film, *EACH, "apply", "--no-reel", "--auto-approve")
    assert terminal.end() == 1
    assert "3 takes have no known price" in terminal.written
    assert "--allow-unpriced" in terminal.written
    assert emulator.submits == []


@pytest.mark.parametrize("flags", [(), ("--allow-unpriced",)])
def test_approval_beforehand_lifts_no_cap(flags: tuple[str, ...], film: Film, emulator: Emulator) -> None:
    """Two of three fit; of those without a price none does, whatever else is allowed."""
    terminal = Terminal(film, "apply", "--no-reel", "--auto-approve", "--max-cost", "0.90", *flags)
    assert terminal.end() == 1
    assert len(emulator.submits) == 2
    assert "1 blocked" in terminal.written
    terminal = Terminal(film, *EACH, "apply", "--no-reel", "--auto-approve", "--max-cost", "100", *flags)
    assert terminal.end() == 1
    assert len(emulator.submits) == 2
    assert "3 changes blocked" in terminal.written


@pytest.mark.parametrize(
    ("arguments", "flag"), [(("apply",), "--auto-approve"), ((*EACH, "apply"), "--allow-unpriced")]
)
def test_nobody_to_ask_fails_with_the_flag_to_give(
    arguments: tuple[str, ...], flag: str, film: Film, emulator: Emulator
) -> None:
    """Without a terminal a question is an error, and nothing is submitted."""
    ran = film.run(*arguments)
    assert ran.code == 1
    assert flag in ran.err
    assert emulator.submits == []
