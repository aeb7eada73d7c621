"""Sandboxed Jinja: strict, deterministic, and bounded in loops, output and memory.

A template may come from a stranger. It reaches no attribute that begins with an underscore, loops over
at most 10,000 items in all, prints at most 32 KiB, and cannot build a huge string on the way there.
Filters that are random, or that can make much out of little, are not offered.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined, nodes
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.sandbox import SandboxedEnvironment
from jinja2.visitor import NodeTransformer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jinja2 import BaseLoader
    from jinja2.runtime import Context

MAX_LOOPS = 10_000
MAX_OUTPUT = 32 * 1024
_MAX_TEXT = 256 * 1024
"""No value on the way to the output may grow past this many characters."""

_FILTERS = frozenset(
    [
        "abs",
        "attr",
        "batch",
        "capitalize",
        "count",
        "d",
        "default",
        "dictsort",
        "e",
        "escape",
        "first",
        "float",
        "forceescape",
        "groupby",
        "int",
        "items",
        "join",
        "last",
        "length",
        "list",
        "lower",
        "map",
        "max",
        "min",
        "reject",
        "rejectattr",
        "replace",
        "reverse",
        "round",
        "safe",
        "select",
        "selectattr",
        "slice",
        "sort",
        "string",
        "striptags",
        "sum",
        "title",
        "trim",
        "truncate",
        "unique",
        "upper",
        "wordcount",
    ]
)

_REFUSED_METHODS = frozenset({"format", "format_map", "expandtabs", "translate"})


class _Bounded(NodeTransformer):
    """Sends what every `for` runs over, and every `~`, through a filter that counts."""

    def visit_For(self, node: nodes.For) -> nodes.For:  # noqa: N802
        self.generic_visit(node)
        node.iter = nodes.Filter(node.iter, "_looped", [], [], None, None, lineno=node.lineno)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Expr:  # noqa: N802
        self.generic_visit(node)
        parts = nodes.List(node.nodes, lineno=node.lineno)
        return nodes.Filter(parts, "join", [], [], None, None, lineno=node.lineno)


class Sandbox(SandboxedEnvironment):
    """The one Jinja environment for prompts. Not for use by several threads at once."""

    intercepted_binops = frozenset({"*", "**", "+", "%"})

    def __init__(self, loader: BaseLoader) -> None:
        super().__init__(
            loader=loader,
            undefined=StrictUndefined,
            autoescape=False,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
            finalize=_finalize,
            cache_size=-1,
            auto_reload=False,
        )
        self.loops = 0
        offered = {name: function for name, function in self.filters.items() if name in _FILTERS}
        offered["join"] = _join
        offered["replace"] = _replace
        offered["_looped"] = self._looped
        self.filters = offered
        self.globals = {
            name: self.globals[name] for name in ("range", "dict", "namespace", "joiner", "cycler")
        }
        self.globals["range"] = _range

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:
        return super()._generate(_Bounded().visit(source), *args, **kwargs)

    def _looped(self, values: Iterable[Any]) -> list[Any]:
        items = list(islice(values, MAX_LOOPS + 1))
        self.loops += len(items)
        if self.loops > MAX_LOOPS:
            raise SecurityError(f"it loops over more than {MAX_LOOPS:,} items")
        return items

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Refuse what would make a huge value; otherwise as Jinja does it."""
        if operator == "%" and isinstance(left, str):
            raise SecurityError("formatting with % is not offered; use ~ to join text")
        if operator == "**" and not (abs(left) <= 1_000_000 and abs(right) <= 64):
            raise SecurityError("the power is too large")
        if operator == "*":
            self._check_product(left, right)
        result = super().call_binop(context, operator, left, right)
        return _small(result)

    @staticmethod
    def _check_product(left: Any, right: Any) -> None:
        for many, times in ((left, right), (right, left)):
            if (
                isinstance(many, str | list | tuple)
                and isinstance(times, int)
                and len(many) * times > _MAX_TEXT
            ):
                raise SecurityError("the repetition is too long")
        if isinstance(left, int) and isinstance(right, int) and left.bit_length() + right.bit_length() > 4096:
            raise SecurityError("the number is too large")

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        # `'x'.ljust(10**9)`, `'x'.zfill(…)`: a padding method makes much out of a small number.
        if any(isinstance(value, int) and abs(value) > _MAX_TEXT for value in (*args, *kwargs.values())):
            raise SecurityError("a number given to a function is too large")
        owner, name = getattr(obj, "__self__", None), getattr(obj, "__name__", "")
        if isinstance(owner, str) and name in ("replace", "join"):
            return _replace(owner, *args, **kwargs) if name == "replace" else _join(args[0], owner)
        return _small(super().call(context, obj, *args, **kwargs))

    def wrap_str_format(self, value: Any) -> None:  # noqa: ARG002
        """Jinja would offer a safe `str.format`, whose widths still make much out of little."""
        return

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """As Jinja, and without the text methods that make much out of little."""
        if isinstance(obj, str) and attr in _REFUSED_METHODS:
            return False
        return super().is_safe_attribute(obj, attr, value)


def _finalize(value: Any) -> Any:
    """Print truth values as YAML writes them, and refuse to print nothing."""
    if value is None:
        raise UndefinedError("a null value is printed; give it a value, or write `| default('', true)`")
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


def _range(*bounds: int) -> range:
    values = range(*bounds)
    if len(values) > MAX_LOOPS:
        raise SecurityError(f"it counts over more than {MAX_LOOPS:,} items")
    return values


def _small(value: Any) -> Any:
    if isinstance(value, str | list | tuple) and len(value) > _MAX_TEXT:
        raise SecurityError("a value in it grows too large")
    return value


def _join(values: Iterable[Any], d: str = "", attribute: str | None = None) -> str:
    if attribute is not None:
        raise SecurityError("join takes no attribute here; write `| map(attribute=…) | join`")
    items = list(islice(values, MAX_LOOPS + 1))
    texts = [str(_finalize(item)) if not isinstance(item, str) else item for item in items]
    if len(items) > MAX_LOOPS or sum(map(len, texts)) + len(str(d)) * len(texts) > _MAX_TEXT:
        raise SecurityError("a value in it grows too large")
    return str(d).join(texts)


def _replace(value: Any, old: str, new: Any, count: int | None = None) -> str:
    text = str(value)
    new = str(new)
    if len(text) + text.count(old) * len(new) > _MAX_TEXT:
        raise SecurityError("a value in it grows too large")
    return text.replace(old, new, -1 if count is None else count)


def bounded_output(pieces: Iterable[str]) -> str:
    """The pieces of a rendered template as one text of at most 32 KiB (UTF-8). Raises SecurityError."""
    taken: list[str] = []
    size = 0
    for piece in pieces:
        size += len(piece.encode("utf-8", "replace"))
        if size > MAX_OUTPUT:
            raise SecurityError(f"it prints more than {MAX_OUTPUT // 1024} KiB")
        taken.append(piece)
    return "".join(taken)
