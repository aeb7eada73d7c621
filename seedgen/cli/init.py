"""`seedgen init`"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from seedgen.cli.pages import page
from seedgen.project.reading import PROJECT_FILE
from seedgen.store.starter import write_starter

if TYPE_CHECKING:
    from seedgen.cli.invocation import Invocation

PICTURE = "refs/cup.png"


@click.command(
    epilog=page(
        (
            "seedgen init my-film && seedgen -C my-film apply",
            "a new film, and its clips and reel at once; free",
        ),
        ("seedgen init", "in the folder where you are, beside what is there"),
    )
)
@click.argument("directory", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
@click.pass_obj
def command(invocation: Invocation, directory: Path) -> int:
    """Start a project that applies at once and teaches by its comments.

    Writes seedgen.yaml, a template, a picture and a .gitignore into DIR, which is made when it is not
    there; by default where you are. A file that is there already is left as it is; only .gitignore gains
    the lines it lacks, also where there is a project. The new project uses the local renderer: it costs
    nothing and needs no key.
    """
    from seedgen.media.starter_picture import draw_cup

    folder = invocation.root / directory
    folder.mkdir(parents=True, exist_ok=True)
    begun = (folder / PROJECT_FILE).exists()
    written = write_starter(folder)
    if not begun and not (folder / PICTURE).exists():
        draw_cup(folder / PICTURE)
        written.append(PICTURE)
    for name in written:
        click.echo(f"  {invocation.out_paint.green('+')} {name}", color=invocation.out_paint.on)
    if begun:
        click.echo(f"\n{PROJECT_FILE} is there already, and was left as it is.")
        return 0
    here = "" if folder.resolve() == Path.cwd() else f" -C {shlex.quote(str(folder))}"
    click.echo(f"\nNext:  seedgen{here} plan     what would be generated, and for how much")
    click.echo(f"       seedgen{here} apply    generate it; the local renderer is free")
    return 0
