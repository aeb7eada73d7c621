"""Addressing: which references a shot carries, in which order, and how its prompt names them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seedgen.project.cards import ModelCard, Ordering, neutral_token
from seedgen.project.media import MediaType
from seedgen.project.models import FROM_SHOT
from seedgen.project.templates import RefError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seedgen.project.survey import KnownReference, Library


@dataclass(frozen=True, slots=True)
class Slot:
    """A reference at its position: `number` counts from 1 within its type, in the order sent."""

    reference: KnownReference
    number: int


def in_order(references: Sequence[KnownReference], card: ModelCard) -> tuple[Slot, ...]:
    """References as the model numbers them: by type, and within a type as the card says.

    Oxen.ai numbers the face list before the rest (its model page, "prompt addressing").
    """
    slots: list[Slot] = []
    for kind in MediaType:
        of_kind = [r for r in references if r.type is kind]
        if card.references.ordering is Ordering.FACE_FIRST and card.references.sorts_faces(kind):
            of_kind.sort(key=lambda r: not r.face)
        slots.extend(Slot(reference, number) for number, reference in enumerate(of_kind, start=1))
    return tuple(slots)


class Ref:
    """`ref()` in a template: names references symbolically and renders the neutral token.

    `ref(set)` names all of a set, `ref(set, n)` the n-th in declared order, `ref(set, n, type='audio')`
    the n-th of that type, `ref('from_shot')` what the shot takes over from the one that it continues.
    Raises RefError. `mentioned` collects what was named.
    """

    def __init__(self, slots: Sequence[Slot], sets: Sequence[str], library: Library) -> None:
        self._sets = sets
        self._library = library
        self._taken_over = [slot.reference for slot in slots if slot.reference.set_name == FROM_SHOT]
        self._numbers: Mapping[int, int] = {id(slot.reference): slot.number for slot in slots}
        self.mentioned: set[tuple[MediaType, int]] = set()

    def __call__(self, set_name: str, n: int | None = None, type: str | None = None) -> str:  # noqa: A002
        """The token of one reference, or of all of them as a sentence would list them."""
        return listed([self._token(reference) for reference in self._chosen(set_name, n, type)])

    def _token(self, reference: KnownReference) -> str:
        number = self._numbers[id(reference)]
        self.mentioned.add((reference.type, number))
        return neutral_token(reference.type, number)

    def _chosen(self, set_name: str, n: int | None, kind: str | None) -> Sequence[KnownReference]:
        members: Sequence[KnownReference]
        if set_name == FROM_SHOT:
            members = self._taken_over
            if not members:
                raise RefError("shot continues no other", "ref('from_shot') goes with a `from_shot:`.")
        elif set_name not in self._sets:
            if set_name in self._library.sets:
                raise RefError("reference set not listed", f"Add {set_name!r} to the shot's `references:`.")
            raise RefError("unknown reference set", f"ref({set_name!r}): {self._library.near(set_name)}")
        else:
            members = self._library.sets[set_name]
        if kind is not None:
            if kind not in set(MediaType):
                raise RefError("unknown reference type", f"type={kind!r}: it is image, video or audio.")
            members = [member for member in members if member.type == kind]
        if n is None:
            if not members:
                raise RefError("no such reference", f"{set_name!r} has no {kind}.")
            return members
        if not isinstance(n, int) or isinstance(n, bool) or not 1 <= n <= len(members):
            what = f" {kind}" if kind else ""
            count = f"it has {len(members)}{what} reference{'' if len(members) == 1 else 's'}, counted from 1"
            raise RefError("no such reference", f"ref({set_name!r}, {n!r}): {count}.")
        return [members[n - 1]]


def listed(words: Sequence[str]) -> str:
    """Words joined as a sentence would: `a`, `a and b`, `a, b and c`."""
    if len(words) <= 1:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
