"""`seedgen show`"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from seedgen import __version__
from seedgen.cli.options import complete_shots
from seedgen.cli.pages import page
from seedgen.errors import ProjectError

if TYPE_CHECKING:
    from seedgen.app import Workspace
    from seedgen.cli.invocation import Invocation


@click.command(
    epilog=page(
        ("seedgen show 010", "its prompt, its takes with their files, and what a plan would do"),
        ("seedgen --profile final show 010", "the same shot as another model is asked for it"),
        ("seedgen show ./plan.json", "what a saved plan would do; --json for a program"),
    )
)
@click.argument("what", metavar="SHOT|PLAN", shell_complete=complete_shots)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="One JSON document (schema/show.schema.json; plan.schema.json for a plan).",
)
@click.pass_obj
def command(invocation: Invocation, what: str, as_json: bool) -> int:
    """Print one shot whole: what is declared, what it has, and how the two differ. Or a saved plan.

    SHOT is an id. Lists each take with the file of its clip, marks the one that is picked, and says
    how to pick another. Writes nothing and costs nothing.

    PLAN is a file that `seedgen plan -o` wrote. A name with a slash, such as ./plan.json, is always a
    file; any other is a shot when there is one of this id, else a file.
    """
    if _is_path(what):
        return _show_plan(invocation, Path(what), as_json=as_json)
    try:
        workspace = invocation.open()
        known = any(shot.id == what for shot in workspace.shots)
        if Path(what).is_file() and not known:
            return _show_plan(invocation, Path(what), as_json=as_json)
        workspace.require_sound()
    except ProjectError:
        # A plan can be read where its project is broken, or is not.
        if Path(what).is_file():
            return _show_plan(invocation, Path(what), as_json=as_json)
        raise
    return _show_shot(invocation, workspace, what, as_json=as_json)


def _is_path(what: str) -> bool:
    return any(sign in what for sign in (os.sep, os.altsep) if sign)


def _show_plan(invocation: Invocation, file: Path, *, as_json: bool) -> int:
    from seedgen.store.plan_file import read_plan

    saved = read_plan(file)
    plan = saved.plan()
    if as_json:
        from seedgen.views.documents import plan_document, plan_json

        click.echo(plan_json(plan_document(plan, (), Path(), saved.seedgen_version)), nl=False)
        return 0
    from seedgen.views.saved_plan import saved_plan_text

    text = saved_plan_text(saved, plan, invocation.out_paint, invocation.width)
    click.echo(text, nl=False, color=invocation.out_paint.on)
    return 0


def _show_shot(invocation: Invocation, workspace: Workspace, shot_id: str, *, as_json: bool) -> int:
    shot = workspace.shot(shot_id)
    plan = workspace.plan_of_shot(shot_id)
    locked = workspace.lock_file.read().shots.get(shot_id)
    clips, copies = workspace.clip_paths(shot_id), workspace.copies(shot_id)
    if as_json:
        from seedgen.views.shot_documents import show_document

        document = show_document(shot, locked, plan, clips, copies, workspace.project.root, __version__)
        click.echo(document.text(), nl=False)
    else:
        from seedgen.views.shots import show_text

        paint = invocation.out_paint
        text = show_text(shot, locked, plan, clips, copies, paint, invocation.width)
        click.echo(invocation.typed(text), nl=False, color=paint.on)
    return 0
