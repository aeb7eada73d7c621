"""Resolve: from shots to requests, refusing everything that a model card can refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seedgen.planning.addressing import Ref, in_order
from seedgen.planning.continuity import derived_reference, first_field_taken
from seedgen.planning.graph import Graph, check
from seedgen.planning.limits import refusals
from seedgen.planning.parameters import Parameters
from seedgen.planning.request import Request, RequestReference
from seedgen.planning.resolved import ResolvedShot
from seedgen.project.cards import literal_tokens, neutral_tokens
from seedgen.project.diagnostics import did_you_mean, known_words
from seedgen.project.expand import note_failure
from seedgen.project.models import FROM_SHOT
from seedgen.project.templates import TemplateFailure

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from seedgen.planning.addressing import Slot
    from seedgen.planning.limits import Refusal
    from seedgen.project.cards import ModelCard
    from seedgen.project.diagnostics import Problems
    from seedgen.project.shelf import Cards
    from seedgen.project.shots import Shot
    from seedgen.project.survey import KnownReference, Library
    from seedgen.project.templates import Templates


class _Unsound(Exception):
    """The shot has an error, which is noted."""


def resolve(
    shots: Iterable[Shot], library: Library, cards: Cards, templates: Templates, problems: Problems
) -> list[ResolvedShot]:
    """Every sound shot as a request. Problems are noted; unsound shots are left out."""
    graph = Graph(shots)
    lost = check(graph, problems)
    resolver = _Resolver(library, cards, templates, problems)
    found: dict[str, ResolvedShot] = {}
    for shot_id in graph.order:
        shot = graph.shots[shot_id]
        try:
            resolved = resolver.resolve(shot, found.get(shot.upstream.shot) if shot.upstream else None)
        except _Unsound:
            continue
        if shot_id not in lost:
            found[shot_id] = resolved
    return [found[shot_id] for shot_id in graph.shots if shot_id in found]


class _Resolver:
    """Resolves the shots of one project; what many shots share is worked out once."""

    def __init__(self, library: Library, cards: Cards, templates: Templates, problems: Problems) -> None:
        self.library = library
        self.cards = cards
        self.templates = templates
        self.problems = problems
        self._parameters = Parameters(cards, problems)
        self._slots: dict[tuple[str, str, tuple[str, ...]], tuple[tuple[Slot, ...], tuple[Refusal, ...]]] = {}
        self._taken: set[Hashable] = set()

    def resolve(self, shot: Shot, upstream: ResolvedShot | None) -> ResolvedShot:
        """A shot's request; `upstream` is the one that it continues, as far as that is sound."""
        before = self.problems.errors
        card = self._card(shot)
        parameters = self._parameters.of(shot, card)
        slots = self._references(shot, card, upstream)
        prompt = None if slots is None else self._prompt(shot, slots, card)
        if self.problems.errors > before or prompt is None or slots is None:
            raise _Unsound
        request = Request(
            provider=card.provider,
            model=card.model,
            prompt=prompt,
            parameters=card.in_fingerprint(parameters),
            references=tuple(
                RequestReference(s.reference.type, s.reference.id, _face(s.reference, card)) for s in slots
            ),
        )
        try:
            fingerprint = None if request.is_open else request.fingerprint()
            outline = fingerprint or request.outline()
        except ValueError as error:  # a number that JSON has no form for, which a loose card let pass
            self.problems.error("value out of range", f"{error}.", at=shot.place, address=shot.address)
            raise _Unsound from error
        return ResolvedShot(
            shot,
            card,
            request,
            tuple(slot.reference.location for slot in slots),
            tuple(slot.reference.set_name for slot in slots),
            tuple(self.library.called(slot.reference) for slot in slots),
            fingerprint,
            outline,
        )

    def _card(self, shot: Shot) -> ModelCard:
        card = self.cards.find(shot.provider, shot.model)
        if card is not None:
            return card
        if shot.provider not in self.cards.providers:
            hint = did_you_mean(shot.provider, self.cards.providers)
            known = known_words(self.cards.providers)
            self.problems.error(
                "unknown provider",
                f"{shot.provider!r}. {hint} Known: {known}.".replace("  ", " "),
                at=shot.provider_place,
                address=f"{shot.address}.provider",
            )
        else:
            models = self.cards.models(shot.provider)
            hint = did_you_mean(shot.model or "", models) or f"Known: {known_words(models)}."
            self.problems.error(
                "unknown model",
                f"{shot.provider} has no card for {shot.model!r}. {hint} A card in cards/ adds one.",
                at=shot.model_place,
                address=f"{shot.address}.model",
            )
        raise _Unsound

    def _references(
        self, shot: Shot, card: ModelCard, upstream: ResolvedShot | None
    ) -> tuple[Slot, ...] | None:
        at, address = shot.place.at("references"), f"{shot.address}.references"
        sound = True
        for index, name in enumerate(shot.references):
            if name not in self.library.sets:
                self.problems.error(
                    "unknown reference set",
                    f"{name!r}. {self.library.near(name)}",
                    at=at.at(index),
                    address=address,
                )
                sound = False
            elif name in shot.references[:index]:
                self.problems.error(
                    "reference set listed twice", f"Keep one {name!r}.", at=at.at(index), address=address
                )
                sound = False
        if not sound or not self.library.broken.isdisjoint(shot.references):
            return None
        if shot.upstream is not None:
            members = [member for name in shot.references for member in self.library.sets[name]]
            if first_field_taken(shot.upstream, members, card):
                self.problems.error(
                    "first picture given twice",
                    f"{card.title} begins with the first picture that it is given: the last frame of "
                    f"{shot.upstream.shot}, or one of {', '.join(shot.references)}. Take one of them out.",
                    at=shot.place.at("from_shot"),
                    address=f"{shot.address}.from_shot",
                )
                return None
            made_by = (upstream.request, upstream.card) if upstream else None
            derived = derived_reference(shot.upstream, shot.place.at("from_shot"), made_by)
            members.append(derived)
            # What was taken once is taken again of any shot whose clip will be of the same size and length.
            asked = (card.provider, card.model, shot.references, derived.type, derived.face, derived.facts)
            slots = in_order(members, card)
            refused = () if asked in self._taken else refusals(members, card)
            if not refused:
                self._taken.add(asked)
        else:
            key = (card.provider, card.model, shot.references)
            if key not in self._slots:
                members = [member for name in shot.references for member in self.library.sets[name]]
                self._slots[key] = (in_order(members, card), refusals(members, card))
            slots, refused = self._slots[key]
        for refusal in refused:
            self.problems.error(
                refusal.summary,
                refusal.detail,
                at=refusal.place or at,
                address="" if refusal.place else address,
            )
        return slots

    def _prompt(self, shot: Shot, slots: Sequence[Slot], card: ModelCard) -> str | None:
        ref = Ref(slots, shot.references, self.library)
        scope = {**shot.scope, "ref": ref}
        at = shot.place.at("prompt" if shot.template is None else "template")
        address = f"{shot.address}.{at.path[-1]}"
        try:
            if shot.template is None:
                prompt = self.templates.text(shot.prompt or "", scope)
            else:
                prompt = self.templates.file(shot.template, scope)
        except TemplateFailure as failure:
            # What was written wrong may be just what the prompt misses here.
            if shot.whole:
                note_failure(failure, at, address, self.problems)
            return None
        if not prompt.strip():
            self.problems.error("empty prompt", "Say what the shot shows.", at=at, address=address)
            return None
        numbers = {(slot.reference.type, slot.number) for slot in slots}
        mentioned = set(ref.mentioned)
        for token, kind, number in literal_tokens(prompt):
            mentioned.add((kind, number))
            if (kind, number) not in numbers:
                carried = sum(1 for known, _ in numbers if known is kind)
                self.problems.error(
                    "prompt names a reference that is not there",
                    f"{token} but the shot carries {carried} {kind}{'' if carried == 1 else 's'}. "
                    "ref() counts for you.",
                    at=at,
                    address=address,
                )
        for kind, number in neutral_tokens(prompt):
            mentioned.add((kind, number))
        unnamed = [
            slot
            for slot in slots
            if (slot.reference.type, slot.number) not in mentioned and not _explains_itself(slot, card)
        ]
        if unnamed:
            names = ", ".join(dict.fromkeys(repr(slot.reference.set_name) for slot in unnamed))
            self.problems.warning(
                "prompt never mentions a reference",
                f"{len(unnamed)} of {names}: name it with ref(), so that the model knows what it is for.",
                at=at,
                address=address,
            )
        return prompt


def _explains_itself(slot: Slot, card: ModelCard) -> bool:
    """Whether nobody has to name a reference: what is continued, and what goes to a field of its own, such
    as the first picture."""
    if slot.reference.set_name == FROM_SHOT:
        return True
    limits = card.references.limits(slot.reference.type)
    return limits is not None and limits.single


def _face(reference: KnownReference, card: ModelCard) -> bool | None:
    """Whether a reference is sent as a face; None where the model does not tell faces apart at all.

    A voice marked `face` changes nothing: no model has a face field for sound.
    """
    if not card.references.has_face_fields:
        return None
    return reference.face and card.references.sorts_faces(reference.type)
