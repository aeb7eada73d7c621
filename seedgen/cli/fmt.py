"""`seedgen fmt`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from seedgen.cli.pages import page

if TYPE_CHECKING:
    from seedgen.cli.invocation import Invocation

EXIT_WOULD_CHANGE = 1


@click.command(
    epilog=page(
        ("seedgen fmt", "the project file and everything that it includes"),
        ("seedgen fmt --check --diff", "in continuous integration: what would change, and 1 if anything"),
        ("seedgen fmt scenes/harbour.yaml", "one file, from where this is typed"),
        exits={0: "done", 1: "a file was left alone; with --check, one would change"},
    )
)
@click.argument("files", metavar="[FILES]", nargs=-1, type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 when a file would change.")
@click.option("--diff", "as_diff", is_flag=True, help="Write nothing; print what would change.")
@click.pass_obj
def command(invocation: Invocation, files: tuple[Path, ...], check: bool, as_diff: bool) -> int:
    """Put the YAML into canonical order and spacing, with every comment and every value as written.

    Formats seedgen.yaml and the files that it includes, or FILES. Prints the names of those that changed.
    A file that cannot be formatted safely is left alone, and said to be. No request changes by it, so
    nothing is generated anew.
    """
    from seedgen.app.formatting import pages, project_files, write
    from seedgen.project.diagnostics import Severity
    from seedgen.views.diagnostics import diagnostics_text
    from seedgen.views.formatting import change_text, name_of, names_text, outcome_text

    root, paint = invocation.root.resolve(), invocation.out_paint
    found, problems = (
        ([file.absolute() for file in files], [])
        if files
        else project_files(invocation.root, allow_outside=invocation.allow_outside)
    )
    read = pages(found)
    problems += [problem for one in read for problem in one.problems]
    if problems:
        invocation.say(diagnostics_text(problems, root, invocation.paint) + "\n")
    changed = [one for one in read if one.differs]
    if as_diff:
        texts = [change_text(name_of(p.file, root), p.before, p.after or "", paint) for p in changed]
        click.echo("".join(texts), nl=False, color=paint.on)
    else:
        click.echo(names_text([one.file for one in changed], root), nl=False)
    writes = not (check or as_diff)
    for one in changed if writes else ():
        write(one)
    broken = sum(one.after is None for one in read)
    invocation.say(outcome_text(len(changed), len(read) - len(changed) - broken, broken, written=writes))
    wrong = any(one.severity is Severity.ERROR for one in problems)
    return EXIT_WOULD_CHANGE if wrong or (check and changed) else 0
