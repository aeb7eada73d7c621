"""`seedgen accept`"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from seedgen import __version__
from seedgen.cli.options import complete_shots, select_option
from seedgen.cli.pages import page
from seedgen.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seedgen.cli.invocation import Invocation
    from seedgen.planning.accept import Acceptance

EXIT_LEFT = 1

_ID = re.compile(r"[\w.-]+")


@click.command(
    epilog=page(
        ("seedgen plan", "a typo was mended, and 010 is to be regenerated for it"),
        ("seedgen accept 010", "its clip is good as it is: the next plan asks for nothing"),
        ("seedgen accept --select action:regenerate,tag:hero", "of all hero shots whose requests changed"),
        exits={0: "done", 1: "an error, or a named shot that could not be accepted"},
    )
)
@click.argument("shot_ids", metavar="[SHOT]...", nargs=-1, shell_complete=complete_shots)
@select_option
@click.option("--json", "as_json", is_flag=True, help="One JSON document (schema/accept.schema.json).")
@click.pass_obj
def command(invocation: Invocation, shot_ids: tuple[str, ...], chosen: tuple[str, ...], as_json: bool) -> int:
    """Keep the clips of shots whose requests changed, at no cost: the change is none that shows.

    The clips that each SHOT has stand for its request as it is now; how that changed is shown. Changes
    the lock and nothing else: nothing is submitted, no clip is touched, and what continues the shot
    stays as it is. The lock remembers for which request the clips were generated. Takes that are declared
    and not there remain to generate. A shot whose changed request has a job in flight is refused: that
    clip is paid.
    """
    if not shot_ids and not chosen:
        raise UsageError("nothing to accept", remedy="Name shots, or choose them with --select.")
    if patterns := [one for one in shot_ids if not _ID.fullmatch(one)]:
        raise UsageError(
            f"{patterns[0]!r} is no shot's id",
            remedy=f"Globs, tags and the like go with --select: `seedgen accept --select {patterns[0]!r}`.",
        )
    from seedgen.app.takes import accept_shots

    workspace = invocation.open()
    workspace.require_sound()
    with workspace.applying(for_apply=False):
        selected = workspace.select(chosen) if chosen else []
        done = _worth_telling(accept_shots(workspace, [*shot_ids, *selected]), shot_ids)
    _require_any(done)
    outdated = workspace.outdated_reels([one.shot for one in done if one.entry])
    if as_json:
        from seedgen.views.decision_documents import accept_document

        name, profile = workspace.project.name, invocation.profile
        click.echo(accept_document(done, name, profile, __version__).text(), nl=False)
    else:
        from seedgen.views.takes import accepted_text

        lock = workspace.lock_file.path.name
        invocation.say(accepted_text(done, outdated, lock, invocation.paint, invocation.width))
    return EXIT_LEFT if any(one.refused for one in done) else 0


def _worth_telling(done: Sequence[Acceptance], named: Sequence[str]) -> list[Acceptance]:
    """A selection may well take in shots about which there is nothing to accept."""
    return [one for one in done if one.shot in named or not one.idle]


def _require_any(done: Sequence[Acceptance]) -> None:
    if not done:
        raise UsageError(
            "none of the selected shots has a clip and a changed request",
            remedy="`seedgen plan` shows which requests changed.",
        )
