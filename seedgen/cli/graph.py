"""`seedgen graph`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from seedgen.cli.options import exclude_option, select_option
from seedgen.cli.pages import page

if TYPE_CHECKING:
    from seedgen.cli.invocation import Invocation


@click.command(
    epilog=page(
        ("seedgen graph", "Mermaid, to put into a Markdown page"),
        ("seedgen graph --format dot --reels | dot -Tsvg > shots.svg", "a picture, by Graphviz"),
        ("seedgen graph --select tag:hero", "some of the shots"),
    )
)
@select_option
@exclude_option
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
def command(
    invocation: Invocation,
    chosen: tuple[str, ...],
    excluded: tuple[str, ...],
    language: str,
    with_reels: bool,
) -> int:
    """Draw shots with the reference sets and shots that they are made from, and what a plan would do.

    Each shot carries the symbol of its action; the same project gives the same text. Asks no service,
    writes nothing, costs nothing.
    """
    from seedgen.views.graph import Language, graph_of, graph_text, states_of

    workspace = invocation.open()
    invocation.warn(workspace)
    plan = workspace.plan(chosen=chosen, excluded=excluded)
    reels = {
        name: [shot.id for shot in workspace.reel_shots(reel)]
        for name, reel in workspace.reels.items()
        if with_reels
    }
    graph = graph_of(workspace.shots, states_of(plan.takes), reels)
    click.echo(graph_text(graph, Language(language)), nl=False)
    return 0
