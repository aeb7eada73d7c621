"""`seedgen doctor`"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from seedgen import __version__
from seedgen.cli.pages import page
from seedgen.errors import SeedgenError

if TYPE_CHECKING:
    from seedgen.cli.invocation import Invocation


@click.command(
    epilog=page(
        ("seedgen doctor", "first thing on a new machine"),
        ("seedgen -C my-film doctor", "with the keys of that project's .env"),
        exits={0: "everything that is needed is there", 1: "something is missing"},
    )
)
@click.pass_obj
def command(invocation: Invocation) -> int:
    """Check what seedgen needs: ffmpeg, Python, disk space, the cache, and which keys are set.

    Keys are looked for and never printed. Asks no service, writes nothing, costs nothing.
    """
    from seedgen.media.ffmpeg import find_ffmpeg
    from seedgen.providers.keys import KEY_NAMES

    paint, sound = invocation.out_paint, True
    good, bad = paint.green("ok"), paint.red("!!")
    version = ".".join(str(part) for part in sys.version_info[:3])
    lines = [f"{good}  seedgen {__version__}, Python {version}"]
    explicit = invocation.environment.get("SEEDGEN_FFMPEG")
    try:
        ffmpeg = find_ffmpeg(Path(explicit) if explicit else None, invocation.environment.get("PATH"))
        lines.append(f"{good}  {ffmpeg.identity}\n      {ffmpeg.exe}")
    except SeedgenError as error:
        sound = False
        lines.append(f"{bad}  {error}\n      {error.remedy}")
    folder = invocation.cache_dir or invocation.root / ".seedgen" / "cache"
    standing = next(p for p in (folder, *folder.absolute().parents) if p.is_dir())
    free = shutil.disk_usage(standing).free
    enough = free > 2 * 1024**3 and os.access(standing, os.W_OK)
    writable = "" if os.access(standing, os.W_OK) else ", which cannot be written"
    lines.append(
        f"{good if enough else bad}  {free / 1024**3:.1f} GiB free for the cache in {folder}{writable}"
    )
    lines += [
        f"{paint.dim('--')}  {name} for {provider}: {_key_state(invocation, provider)}"
        for provider, name in KEY_NAMES.items()
    ]
    click.echo("\n".join(lines), color=paint.on)
    return 0 if sound and enough else 1


def _key_state(invocation: Invocation, provider: str) -> str:
    """Where a key is found. Never what it is."""
    from seedgen.providers.keys import KEY_NAMES, read_key

    if read_key(provider, invocation.environment, invocation.root) is None:
        return "not set (only needed for that provider)"
    return f"set in {'the environment' if invocation.environment.get(KEY_NAMES[provider]) else '.env'}"
