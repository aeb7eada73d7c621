"""Thumbnails: small pictures of the clips that changed shots have, for a plan in a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from seedgen.errors import UnreadableMedia, UsageError
from seedgen.planning.plan import Action
from seedgen.project.shots import id_problem

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.app.workspace import Workspace
    from seedgen.planning.plan import Plan

_WIDTH = 320
"""Pixels: twice what is shown, for screens that show two for one."""


def write_thumbnails(workspace: Workspace, plan: Plan, folder: Path) -> dict[str, str]:
    """Write a WebP for each changed shot whose present clip is in the cache.

    Gives their addresses by shot, relative to where `folder` stands. No ffmpeg is needed.
    Raises UsageError, OSError.
    """
    from seedgen.app.posters import Posters
    from seedgen.app.storyboard import poster_folder
    from seedgen.media.posters import small_poster

    if folder.exists() and not folder.is_dir():
        raise UsageError(f"--thumbnails {folder}: that is a file", remedy="Name a folder.")
    posters = Posters(poster_folder(workspace) / "clips", workspace.cache / "objects")
    locked = workspace.lock_file.read().shots
    folder.mkdir(parents=True, exist_ok=True)
    written = {}
    changed = (change for change in plan.changes if change.action is not Action.MOVE)
    for shot_id in dict.fromkeys(change.shot for change in changed):
        take = locked[shot_id].picked if shot_id in locked else None
        # An id becomes a file name; a lock may come from a stranger.
        if take is None or id_problem(shot_id) or not workspace.objects.present([take.clip]):
            continue
        try:
            picture = small_poster(posters.picture(workspace.objects.path(take.clip)), _WIDTH)
        except UnreadableMedia:
            continue
        (folder / f"{shot_id}.webp").write_bytes(picture)
        written[shot_id] = quote(f"{folder.resolve().name}/{shot_id}.webp")
    return written
