"""`seedgen costs`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from seedgen import __version__
from seedgen.cli.pages import page

if TYPE_CHECKING:
    from seedgen.cli.invocation import Invocation


@click.command(
    epilog=page(
        ("seedgen costs", "every shot that cost something"),
        ("seedgen costs --by apply", "what each evening came to"),
        ("seedgen --profile final costs --by provider --json", "one profile, for a program"),
    )
)
@click.option(
    "--by",
    "by",
    type=click.Choice(["shot", "apply", "provider", "profile"]),
    default="shot",
    show_default=True,
    help="What to add up by.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document (schema/costs.schema.json).")
@click.pass_obj
def command(invocation: Invocation, by: str, as_json: bool) -> int:
    """Show what was spent: every attempt at every service, estimated against billed.

    Told from the journal and from the locks; no service is asked. What is not known is shown as `?`.
    With --profile before the command, only what was made under that profile.
    """
    from seedgen.execution.costs import By

    workspace = invocation.open()
    costs = workspace.desk.costs(By(by))
    if as_json:
        from seedgen.views.cost_documents import costs_document

        click.echo(costs_document(costs, workspace.project.name, __version__).text(), nl=False)
    else:
        from seedgen.views.costs import costs_text

        paint = invocation.out_paint
        click.echo(invocation.typed(costs_text(costs, paint, invocation.width)), nl=False, color=paint.on)
    return 0
