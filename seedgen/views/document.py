"""Document: what every JSON document for programs has in common."""

from __future__ import annotations

import json

from pydantic import BaseModel, ConfigDict

from seedgen.views.paint import harmless_json


class Document(BaseModel):
    """A frozen value with no other fields than it declares."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    def text(self) -> str:
        """The document as JSON, two spaces deep."""
        return (
            harmless_json(
                json.dumps(self.model_dump(mode="json", by_alias=True), indent=2, ensure_ascii=False)
            )
            + "\n"
        )
