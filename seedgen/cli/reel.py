"""`seedgen reel`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from seedgen import __version__
from seedgen.cli.options import complete_reels
from seedgen.cli.pages import page
from seedgen.errors import UsageError

if TYPE_CHECKING:
    import asyncio

    from seedgen.cli.invocation import Invocation
    from seedgen.ports.events import Event


@click.command(
    epilog=page(
        ("seedgen reel", "every reel, after a pick or an edit under `reels:`"),
        ("seedgen reel main", "one of them"),
        exits={0: "done", 1: "an error, or wrong usage", 130: "interrupted; run it again to go on"},
    )
)
@click.argument("names", metavar="[NAME]...", nargs=-1, shell_complete=complete_reels)
@click.option("--all", "everything", is_flag=True, help="Every reel, as without NAME.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document (schema/reel.schema.json).")
@click.pass_obj
def command(invocation: Invocation, names: tuple[str, ...], everything: bool, as_json: bool) -> int:
    """Assemble reels from what there is; free. Without NAME, every reel.

    A shot without a clip appears as its animatic, so a reel can be watched from the first minute.
    Writes build/NAME.mp4, the clips under readable names, the contact sheet and the storyboard page, and
    the reels' digests into the lock. Segments that are encoded already are used again.
    """
    from seedgen.cli.running import run_until_stopped
    from seedgen.cli.watching import watcher
    from seedgen.execution.stopping import until_stopped

    if names and everything:
        raise UsageError("--all with a name", remedy="Name reels, or ask for all of them.")
    workspace = invocation.open()
    invocation.warn(workspace)
    chosen = workspace.reels_asked_for(names)
    if (apply := workspace.apply_running()) is not None:
        from seedgen.views.words import apply_words

        invocation.say(apply_words(apply))
    told: list[Event] = []
    with workspace.using_cache(), watcher(invocation, None, workspace.project.root) as watching:

        def tell(event: Event) -> None:
            told.append(event)
            watching.tell(event)

        async def work(stopping: asyncio.Event) -> bool:
            return await until_stopped(workspace.assemble(chosen, tell), stopping)

        whole = run_until_stopped(work)
    if not whole:
        raise click.Abort
    if as_json:
        from seedgen.views.reel_documents import reels_document

        project = workspace.project
        document = reels_document(told, project.name, invocation.profile, project.root, __version__)
        click.echo(document.text(), nl=False)
    return 0
