"""Prints `docs/templates.md`: `python -m tests.write_templates_page > docs/templates.md`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.shipped_templates import TEMPLATES, ShippedTemplate, read, rendered

INTRODUCTION = """\
# Prompt templates

These come with seedgen: `template: seedgen/product.j2`. Each says what stays and what changes, which is what
models need to hear most. What a shot's `vars` do not give has a default, so that a first shot needs few words
and a later one can say everything.

```yaml
shots:
  - id: 010
    template: seedgen/product.j2
    vars:
      product: the Ondelle bottle, matte teal aluminium
      product_set: bottle
      angle: overhead flat lay
    references: [bottle]
```

A variable that ends in `_set` is the name of a reference set, which the shot also lists under `references`;
only `from_shot` is [listed nowhere](project-file.md#continuity). Values may use the project's variables and
the matrix's.

To change a template, or to be sure that a new seedgen does not change it, copy it from
[templates/](../templates) into the project's `templates/` and leave out `seedgen/`: the same words are the
same request, and cost nothing.

The [recipes](recipes/index.md) use most of them.
"""


def page() -> str:
    """The whole page."""
    return INTRODUCTION + "".join(_section(read(path)) for path in TEMPLATES)


def _section(template: ShippedTemplate) -> str:
    rows = "".join(
        f"| `{one.name}` | {one.meaning} | {'**needed**' if one.needed else one.otherwise} |\n"
        for one in template.variables
    )
    with tempfile.TemporaryDirectory() as folder:
        prompt = rendered(template, Path(folder))
    return (
        f"\n## {template.path.stem}\n\n{template.purpose}\n\n"
        f"| variable | what it is | when it is not given |\n| --- | --- | --- |\n{rows}\n"
        f"With only what is needed:\n\n```text\n{prompt}\n```\n"
    )


def main() -> None:
    """Print the page."""
    sys.stdout.write(page())


if __name__ == "__main__":
    main()
