"""The templates that come with seedgen: as their opening comments document them, and rendered."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from seedgen.app import Settings, Workspace

ROOT = Path(__file__).parent.parent
TEMPLATES = sorted((ROOT / "templates").glob("*.j2"))

_VARIABLE = re.compile(r"^  (needed  |optional|        )  ([a-z_]+) {2,}(.*?)(?: {2,}(.*))?$", re.MULTILINE)
_EXAMPLE = re.compile(r'"([^"]+)"')


@dataclass(frozen=True, slots=True)
class Variable:
    """One line of a template's opening comment; `otherwise` is what it is when it is not given."""

    name: str
    needed: bool
    meaning: str
    otherwise: str

    @property
    def is_set(self) -> bool:
        """Whether it names a reference set."""
        return self.name.endswith("_set")

    @property
    def example(self) -> str:
        """The value that its line gives in quotation marks; of a reference set, a name for one."""
        if self.is_set:
            return self.name.removesuffix("_set")
        found = _EXAMPLE.search(self.meaning)
        assert found is not None, f"{self.name}: a needed variable has an example"
        return found[1]


@dataclass(frozen=True, slots=True)
class ShippedTemplate:
    """A template's opening comment, read."""

    path: Path
    purpose: str
    variables: tuple[Variable, ...]

    @property
    def needed(self) -> tuple[Variable, ...]:
        """What has to be given."""
        return tuple(variable for variable in self.variables if variable.needed)


def read(path: Path) -> ShippedTemplate:
    """Read a template's opening comment."""
    comment = path.read_text(encoding="utf-8").removeprefix("{#-\n").partition("-#}")[0]
    purpose = " ".join(comment.partition("\n\n")[0].split()).partition(" Use it as ")[0]
    variables, needed = [], True
    for word, name, meaning, otherwise in _VARIABLE.findall(comment):
        needed = word.strip() == "needed" or (needed and not word.strip())
        variables.append(Variable(name, needed, meaning, otherwise))
    return ShippedTemplate(path, purpose, tuple(variables))


def rendered(template: ShippedTemplate, folder: Path) -> str:
    """The prompt of a project in `folder` that gives the template its needed variables and nothing else."""
    Image.new("RGB", (320, 320), "teal").save(folder / "cup.png")
    shutil.copy(ROOT / "examples" / "restyle" / "refs" / "kite.mp4", folder)
    names = [variable.example for variable in template.needed if variable.is_set]
    sets = [f"  {n}: {'{videos: [kite.mp4]}' if n == 'motion' else '{images: [cup.png]}'}\n" for n in names]
    values = [f"      {variable.name}: '{variable.example}'\n" for variable in template.needed]
    (folder / "seedgen.yaml").write_text(
        "seedgen: 1\nname: shipped\n"
        + ("reference_sets:\n" + "".join(sets) if sets else "")
        + f"shots:\n  - id: a\n    template: seedgen/{template.path.name}\n"
        + f"    references: [{', '.join(names)}]\n    vars:\n{''.join(values)}",
        encoding="utf-8",
    )
    workspace = Workspace(Settings(root=folder))
    workspace.require_sound()
    return workspace.resolved[0].request.prompt
