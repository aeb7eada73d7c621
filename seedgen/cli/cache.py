"""`seedgen cache`: ls, verify, gc, push, pull."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from seedgen import __version__
from seedgen.cli.cache_copy import pull, push
from seedgen.cli.cache_opened import EXIT_PROBLEMS, opened, warn_of_unreadable
from seedgen.cli.groups import LsByDefault
from seedgen.cli.options import Age
from seedgen.cli.pages import page
from seedgen.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from seedgen.app.cache_clearing import Found, Rules
    from seedgen.cli.invocation import Invocation

EXIT_LEFT = 1


@click.group(
    cls=LsByDefault,
    subcommand_metavar="[--clips] [--sort KEY] [--json] | verify … | gc … | push DIR | pull DIR",
    epilog=page(
        ("seedgen cache", "what there is, on one screen"),
        ("seedgen cache verify", "whether all of it is whole"),
        ("seedgen cache gc --dry-run", "what nothing needs any more"),
    ),
)
def command() -> None:
    """Show what the cache holds, check it, clear out what nothing needs, copy clips to and from others."""


@command.command(
    "ls",
    epilog=page(
        ("seedgen cache ls --clips --sort size", "each clip, the largest first, with who uses it"),
        ("seedgen cache ls --json", "all of it, for a program"),
    ),
)
@click.option("--clips", "listed", is_flag=True, help="One line for each clip.")
@click.option(
    "--sort",
    type=click.Choice(["age", "size"]),
    default="age",
    show_default=True,
    help="Newest first, or largest first.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document (`seedgen schema cache`).")
@click.pass_obj
def ls(invocation: Invocation, listed: bool, sort: str, as_json: bool) -> int:
    """Show what the cache holds (the default): clips, who uses them and what they cost, and all the rest.

    Reads no clip, writes nothing and costs nothing.
    """
    contents = opened(invocation)
    held = contents.holdings()
    key: Callable[[Any], float] = (lambda clip: clip.size) if sort == "size" else (lambda clip: clip.written)
    clips = sorted(held.clips, key=lambda clip: (-key(clip), clip.digest))
    if as_json:
        from seedgen.views.cache_documents import cache_document

        click.echo(cache_document(held, clips, __version__).text(), nl=False)
    else:
        from seedgen.views.cache import clips_text, holdings_text

        paint = invocation.out_paint
        text = clips_text(clips, time.time(), paint) if listed else holdings_text(held, paint)
        click.echo(text, nl=False, color=paint.on)
    warn_of_unreadable(invocation, contents)
    return 0


# -- verify ------------------------------------------------------------------------------------------


@command.command(
    "verify",
    epilog=page(
        ("seedgen cache verify", "what is damaged or missing, and how it comes back"),
        ("seedgen cache verify --quarantine", "move damaged clips aside; then apply gets them back"),
        exits={0: "all is well", 1: "an error, or something was wrong"},
    ),
)
@click.option(
    "--quarantine", is_flag=True, help="Move damaged clips aside, so that the next apply gets them back."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document (`seedgen schema cache-verify`).")
@click.pass_obj
def verify(invocation: Invocation, quarantine: bool, as_json: bool) -> int:
    """Read every clip whole and compare it with its digest; look into everything else.

    Says which shots a damaged or missing clip concerns, and how it comes back. Clips are never deleted;
    damaged segments and sound are, for the next reel makes them again. Costs nothing.
    """
    from seedgen.app.cache_checking import check_cache
    from seedgen.cli.reading import reading

    contents = opened(invocation)
    with reading(invocation) as told:
        checked = check_cache(contents, told, quarantine=quarantine)
    if as_json:
        from seedgen.views.cache_documents import check_document

        click.echo(check_document(checked, str(contents.cache), __version__).text(), nl=False)
    else:
        from seedgen.views.cache_check import checked_text

        paint = invocation.out_paint
        click.echo(checked_text(checked, paint), nl=False, color=paint.on)
    return 0 if checked.sound else EXIT_PROBLEMS


# -- gc ----------------------------------------------------------------------------------------------


@command.command(
    "gc",
    epilog=page(
        ("seedgen cache gc --dry-run --older-than 30d", "what of it is a month old; nothing goes"),
        ("seedgen cache gc --history main", "keep what main's history uses, of no other branch"),
        ("seedgen cache gc --project ../trailer", "in a cache that another project shares"),
        exits={0: "cleared out, or nothing to do", 1: "an error, or not approved"},
    ),
)
@click.option("--dry-run", is_flag=True, help="Only show what would go.")
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@click.option(
    "--older-than",
    type=Age(),
    default="7d",
    show_default=True,
    help="Only what was written before: 12h, 7d, 2w.",
)
@click.option("--force", is_flag=True, help="Paid clips too that are younger than a week.")
@click.option(
    "--history",
    metavar="REV",
    multiple=True,
    help="Keep what locks in this history use: a revision, FIRST..LAST, or `all`, which is the default.",
)
@click.option(
    "--project",
    "projects",
    metavar="DIR",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Another project that shares the cache: keep what it uses.",
)
@click.option("--not-shared", is_flag=True, help="No other project uses the cache.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document (`seedgen schema cache-gc`).")
@click.pass_obj
def gc(
    invocation: Invocation,
    dry_run: bool,
    auto_approve: bool,
    older_than: timedelta,
    force: bool,
    history: tuple[str, ...],
    projects: tuple[Path, ...],
    not_shared: bool,
    as_json: bool,
) -> int:
    """Delete what nothing needs; shows it first, and asks. What goes is gone for good.

    Stays: what any lock here or in git's history uses, what the project declares under any profile, what a
    job in flight or in doubt will want, what the present reels show, and paid clips younger than a week.
    """
    if projects and not_shared:
        raise UsageError("--project and --not-shared exclude each other", remedy="Give the one that is true.")
    from seedgen.app.cache_clearing import Rules, find_garbage

    places = tuple(folder.absolute() for folder in projects)
    rules = Rules(older_than, force, history or None, places, not_shared)
    found = find_garbage(invocation.settings, rules)
    if not as_json:
        _show(invocation, found, rules)
    freed: int | None = None
    if not dry_run and not found.garbage.empty:
        if not _approved(invocation, found, auto_approve=auto_approve):
            invocation.say("Not approved. Nothing was deleted.\n")
            return EXIT_LEFT
        freed = _clear(invocation, found, rules, quiet=as_json)
    if as_json:
        from seedgen.views.cache_documents import garbage_document

        folder = str(opened(invocation).cache)
        click.echo(garbage_document(found.garbage, folder, __version__, freed).text(), nl=False)
    return 0


def _show(invocation: Invocation, found: Found, rules: Rules) -> None:
    from seedgen.views.cache import garbage_text

    paint = invocation.out_paint
    text = garbage_text(found.garbage, rules.older_than, paint, force=rules.force)
    click.echo(text, nl=False, color=paint.on)
    sys.stdout.flush()


def _approved(invocation: Invocation, found: Found, *, auto_approve: bool) -> bool:
    """Raises UsageError where nobody can answer."""
    from seedgen.views.cache import question

    if auto_approve:
        return True
    if not invocation.can_ask:
        raise UsageError(
            "nobody is here to approve what goes",
            remedy="Approve beforehand with --auto-approve, or only look with --dry-run.",
        )
    return invocation.ask(question(found.garbage))


def _clear(invocation: Invocation, found: Found, rules: Rules, *, quiet: bool) -> int:
    from seedgen.app.cache_clearing import clear_out
    from seedgen.views.cache import freed_text

    freed = clear_out(invocation.settings, rules, found)
    if not quiet:
        invocation.say(freed_text(freed, found.garbage.size))
    return freed


command.add_command(push)
command.add_command(pull)
