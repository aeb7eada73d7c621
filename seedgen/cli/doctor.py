"""`seedgen doctor`"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from seedgen import __version__
from seedgen.cli.pages import page

if TYPE_CHECKING:
    from seedgen.cli.invocation import Invocation

EXIT_PROBLEM = 1


@click.command(
    epilog=page(
        ("seedgen doctor", "first thing on a new machine"),
        ("seedgen -C my-film doctor", "with that project's cache, lock, place in git and keys"),
        ("seedgen doctor --online", "whether the services answer and take the keys"),
        exits={0: "nothing is in the way; there may be warnings", 1: "there is a problem"},
    )
)
@click.option("--online", is_flag=True, help="Ask the services whether they answer and take the keys; free.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document (schema/doctor.schema.json).")
@click.pass_obj
def command(invocation: Invocation, online: bool, as_json: bool) -> int:
    """Check what seedgen needs: ffmpeg, fonts, disk space, the cache, locks, git, and which keys are set.

    Keys are looked for and never printed. Asks no service without --online, changes nothing, costs nothing.
    """
    from seedgen.app.checkup import checkup, services
    from seedgen.views.checkup import checkup_text, doctor_document, is_sound

    found = checkup(invocation.settings)
    if online:
        found += asyncio.run(services(invocation.settings))
    paint = invocation.out_paint
    if as_json:
        click.echo(doctor_document(found, __version__).text(), nl=False)
    else:
        click.echo(invocation.typed(checkup_text(found, paint)), nl=False, color=paint.on)
    return 0 if is_sound(found) else EXIT_PROBLEM
