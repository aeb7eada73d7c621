"""`seedgen graph`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from seedgen.cli.options import select_option

if TYPE_CHECKING:
    from seedgen.cli.invocation import Invocation


@click.command(epilog="Example:  seedgen graph --format dot | dot -Tsvg > shots.svg")
@select_option
@click.option(
    "--format",
    "language",
    type=click.Choice(["mermaid", "dot"]),
    default="mermaid",
    show_default=True,
    help="Mermaid stands in Markdown as it is; DOT is for Graphviz.",
)
@click.option("--reels", "with_reels", is_flag=True, help="Draw the reels that show the shots, too.")
@click.pass_obj
def command(invocation: Invocation, chosen: tuple[str, ...], language: str, with_reels: bool) -> int:
    """Draw shots with the reference sets and shots that they are made from, and what a plan would do.

    Needs no network and no key.
    """
    from seedgen.views.graph import Language, graph_of, graph_text, states_of

    workspace = invocation.open()
    invocation.warn(workspace)
    plan = workspace.plan(chosen=chosen)
    reels = {
        name: [shot.id for shot in workspace.reel_shots(reel)]
        for name, reel in workspace.reels.items()
        if with_reels
    }
    graph = graph_of(workspace.shots, states_of(plan.takes), reels)
    click.echo(graph_text(graph, Language(language)), nl=False)
    workspace.close()
    return 0
