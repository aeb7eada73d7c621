"""Limits: what a model card refuses of a shot's references, found before any money is spent."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from seedgen.project.media import MediaType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seedgen.project.cards import MediaLimits, ModelCard
    from seedgen.project.diagnostics import Place
    from seedgen.project.media import MediaFacts
    from seedgen.project.survey import KnownReference


@dataclass(frozen=True, slots=True)
class Refusal:
    """A limit that is passed; `place` is the reference's own, or None for the shot's list."""

    summary: str
    detail: str
    place: Place | None = None


def refusals(references: Sequence[KnownReference], card: ModelCard) -> tuple[Refusal, ...]:
    """Everything that the card refuses of these references."""
    return tuple(_refusals(references, card))


def _refusals(references: Sequence[KnownReference], card: ModelCard) -> Iterator[Refusal]:
    allowed = card.references
    if references and not allowed.max_total:
        yield Refusal("no references", f"{card.title} takes none; the shot has {len(references)}.")
        return
    if len(references) > allowed.max_total:
        yield Refusal(
            "too many references",
            f"{card.title} takes {allowed.max_total} in all; the shot has {len(references)}.",
        )
    present = {reference.type for reference in references}
    if present and present <= set(allowed.needs_company):
        alone = " and ".join(sorted(kind.value for kind in present))
        yield Refusal("reference alone", f"{card.title} takes {alone} only beside an image or a video.")
    for kind in MediaType:
        of_kind = [reference for reference in references if reference.type is kind]
        limits = allowed.limits(kind)
        if limits is None:
            if of_kind:
                yield Refusal(f"no {kind} references", f"{card.title} takes none.", of_kind[0].place)
            continue
        yield from _number(len(of_kind), limits, card, kind)
        yield from _totals(of_kind, limits, card, kind)
        for reference in of_kind:
            yield from _single(reference, limits, card)


def _number(count: int, limits: MediaLimits, card: ModelCard, kind: MediaType) -> Iterator[Refusal]:
    if count > limits.max:
        yield Refusal(
            f"too many {kind} references", f"{card.title} takes {limits.max}; the shot has {count}."
        )
    if count < limits.min:
        least = f"an {kind}" if kind.value[0] in "aeiou" else f"a {kind}"
        needed = least if limits.min == 1 else f"{limits.min} {kind}s"
        yield Refusal(
            f"too few {kind} references", f"{card.title} needs {needed}; the shot has {count or 'none'}."
        )


def _totals(
    references: Sequence[KnownReference], limits: MediaLimits, card: ModelCard, kind: MediaType
) -> Iterator[Refusal]:
    facts = [reference.facts for reference in references if reference.facts]
    size = sum(f.size_bytes for f in facts)
    seconds = sum(f.seconds for f in facts)
    if limits.max_total_bytes is not None and size > limits.max_total_bytes:
        yield Refusal(
            f"{kind} references too large",
            f"{card.title} takes {_megabytes(limits.max_total_bytes)} together, not {_megabytes(size)}.",
        )
    if limits.max_total_seconds is not None and seconds > limits.max_total_seconds:
        yield Refusal(
            f"{kind} references too long",
            f"{card.title} takes {limits.max_total_seconds} s together; these have {seconds:.1f} s.",
        )


def _single(reference: KnownReference, limits: MediaLimits, card: ModelCard) -> Iterator[Refusal]:
    facts, at = reference.facts, reference.place
    if facts is None:
        return
    title = card.title
    if limits.formats and facts.format not in limits.formats:
        yield Refusal(
            "format not taken", f"{title} takes {', '.join(limits.formats)}; this is {facts.format}.", at
        )
    if limits.max_bytes is not None and facts.size_bytes > limits.max_bytes:
        most, found = _megabytes(limits.max_bytes), _megabytes(facts.size_bytes)
        yield Refusal("reference too large", f"{title} takes {most}; this has {found}.", at)
    sides = (facts.width, facts.height)
    if facts.width and (
        (limits.min_side is not None and min(sides) < limits.min_side)
        or (limits.max_side is not None and max(sides) > limits.max_side)
    ):
        yield Refusal(
            "picture size not taken",
            f"{title} takes sides of {_span(limits.min_side, limits.max_side)} pixels; "
            f"this is {facts.width}x{facts.height}.",
            at,
        )
    yield from _shape(facts, limits, card, at)
    if facts.seconds and (
        (limits.min_seconds is not None and facts.seconds < limits.min_seconds)
        or (limits.max_seconds is not None and facts.seconds > limits.max_seconds)
    ):
        yield Refusal(
            "length not taken",
            f"{title} takes {_span(limits.min_seconds, limits.max_seconds)} s, not {facts.seconds:.1f} s.",
            at,
        )


def _shape(facts: MediaFacts, limits: MediaLimits, card: ModelCard, at: Place) -> Iterator[Refusal]:
    if not facts.height:
        return
    ratio = Decimal(facts.width) / facts.height
    if (limits.min_ratio is not None and ratio < limits.min_ratio) or (
        limits.max_ratio is not None and ratio > limits.max_ratio
    ):
        yield Refusal(
            "picture shape not taken",
            f"{card.title} takes a width of {_span(limits.min_ratio, limits.max_ratio)} times the height; "
            f"this is {facts.width}x{facts.height}.",
            at,
        )


def _span(least: Decimal | int | None, most: Decimal | int | None) -> str:
    if least is None:
        return f"at most {most}"
    return f"at least {least}" if most is None else f"{least} to {most}"


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"
