"""Projects of any size, with a lock and clips as if an apply had made them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from PIL import Image

from seedgen.app import Settings, Workspace
from seedgen.execution.locking import RunningLock
from seedgen.planning.lock import Take

if TYPE_CHECKING:
    from pathlib import Path

LONG_AGO = 1_750_000_000
"""When the pictures were made. Those of the last seconds are read again by every plan."""

TEMPLATE = """\
{{ ref(product) }} on a {{ ground }} ground, {{ angle }}, lit with {{ mood }}.
{% if camera %}Camera: {{ camera }}.{% endif %}
Keep shape, colours and proportions exactly as in the references. Photographic, sharp, calm.
"""


def write_project(root: Path, shots: int, references: int = 100, chain: int = 1) -> None:
    """A project with a template, reference sets of one picture each, and vars by shot.

    Every `chain` shots continue one another; the last one of a chain is continued by nobody.
    """
    (root / "refs").mkdir(parents=True, exist_ok=True)
    (root / "templates").mkdir(exist_ok=True)
    (root / "templates" / "product.j2").write_text(TEMPLATE, encoding="utf-8")
    lines = ["seedgen: 1", "name: many", "vars: {mood: soft rim light, ground: white}", "reference_sets:"]
    for number in range(references):
        picture = Image.effect_noise((640, 360), 40 + number % 50)
        file = root / "refs" / f"{number:03}.png"
        picture.save(file)
        os.utime(file, (LONG_AGO, LONG_AGO))
        lines.append(f"  set-{number:03}: {{images: [refs/{number:03}.png]}}")
    lines += ["defaults: {resolution: 720p, duration: 6, aspect_ratio: 16:9}", "shots:"]
    for number in range(shots):
        name = f"set-{number % references:03}"
        lines += [
            f"  - id: s{number:05}",
            "    template: product.j2",
            f"    vars: {{product: {name}, angle: angle number {number}, camera: slow push-in}}",
            f"    references: [{name}]",
            f"    tags: [scene-{number % 20}]",
        ]
        if number % chain:
            lines.append(f"    from_shot: {{id: s{number - 1:05}}}")
    (root / "seedgen.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def pretend_applied(root: Path) -> None:
    """Write the lock and the objects that an apply would have left, with small files for clips."""
    workspace = Workspace(Settings(root=root))
    while _record(workspace):
        """What continues a shot is known once that shot has its clip."""
    workspace.close()


def _record(workspace: Workspace) -> bool:
    """Pretend to have made every clip whose request is known; False when there is none left."""
    plan = workspace.plan()
    known = [
        change for change in plan.changes if change.request is not None and change.fingerprint is not None
    ]
    running = RunningLock(workspace.lock_file, workspace.lock_file.read(), plan.plan_id)
    with workspace.objects.scratch() as folder:
        for change in known:
            if change.request is None or change.fingerprint is None:
                continue
            file = folder / "clip.mp4"
            file.write_bytes(change.fingerprint.encode())
            take = Take(
                take=1,
                fingerprint=change.fingerprint,
                digest=workspace.objects.adopt(file),
                provider=change.provider,
                model=change.model,
                job_id=f"local-{change.fingerprint[:16]}",
                cost_usd=change.cost,
                cost_estimated=False,
                frames=144,
                rate="24/1",
            )
            running.record(change, change.request, take)
    running.flush()
    return bool(known)
