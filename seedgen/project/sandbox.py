"""Sandboxed Jinja: strict, deterministic, and bounded in time, memory and output.

A template may come from a stranger. It reaches no attribute that begins with an underscore and only
harmless methods, loops over at most 10,000 items in all, and prints at most 32 KiB. Whatever it reads
or makes on the way is paid from one allowance for each rendering, so that no detour (a macro that calls
itself twice, a list of lists of lists) takes more than a moment. Nothing is worked out while a template
is compiled, and nothing can be printed that differs from run to run.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import wraps
from itertools import islice
from typing import TYPE_CHECKING, Any

from jinja2 import Undefined, pass_context
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from seedgen.project.metering import MAX_VALUE, Metered, weight
from seedgen.project.template_faults import Absent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jinja2 import BaseLoader, Template, nodes
    from jinja2.runtime import Context

MAX_LOOPS = 10_000
MAX_OUTPUT = 32 * 1024
_ALLOWANCE = 4_000_000
"""What one rendering may spend: about a second of work at worst. An ordinary prompt spends hundreds."""
_CALL = 100
_INCLUDE = 1_000


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TEXT_FILTERS = _words(
    "capitalize e escape forceescape lower replace safe string striptags title trim truncate upper wordcount"
)
_FILTERS = _TEXT_FILTERS | _words(
    "abs attr count d default dictsort first float groupby int items join last length list map max min "
    "reject rejectattr reverse round select selectattr sort sum unique"
)
_UNREAD = _words("count d default first last length")
"""Filters whose work does not grow with what they are given."""

_METHODS: tuple[tuple[type | tuple[type, ...], frozenset[str]], ...] = (
    (
        str,
        _words(
            "capitalize casefold center count endswith find index isalnum isalpha isdecimal isdigit islower "
            "isnumeric isspace istitle isupper join ljust lower lstrip partition removeprefix removesuffix "
            "replace rjust rsplit rstrip split splitlines startswith strip swapcase title upper zfill"
        ),
    ),
    (dict, _words("get items keys values")),
    ((list, tuple), _words("count index")),
)


class Sandbox(ImmutableSandboxedEnvironment):
    """The one Jinja environment for prompts. Not for use by several threads at once."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def __init__(self, loader: BaseLoader) -> None:
        super().__init__(
            loader=loader,
            undefined=Absent,
            autoescape=False,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
            optimized=False,
            finalize=self._finalize,
            cache_size=-1,
            auto_reload=False,
        )
        self._loops = 0
        self._spent = 0
        filters: dict[str, Any] = self.filters | {"join": self._join, "replace": self._replace}
        self.filters = {
            name: self._paid(name, function) for name, function in filters.items() if name in _FILTERS
        }
        self.filters |= {"_looped": self._looped, "_made": self._made, "_read": self._read, "_pay": self._pay}
        tests: dict[str, Any] = self.tests
        self.tests = {name: self._paid(name, function) for name, function in tests.items()}
        offered = ("dict", "namespace", "joiner", "cycler")
        self.globals = {name: self.globals[name] for name in offered} | {"range": _range}

    def begin(self) -> None:
        """Start a rendering, with a fresh allowance."""
        self._loops = self._spent = 0

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:
        return super()._generate(Metered().visit(source), *args, **kwargs)

    def _load_template(self, *args: Any, **kwargs: Any) -> Template:
        self._pay(_INCLUDE)
        return super()._load_template(*args, **kwargs)

    # -- the allowance ---------------------------------------------------------------------------

    def _pay(self, amount: int) -> None:
        self._spent += amount
        if self._spent > _ALLOWANCE:
            raise SecurityError("it takes too much work")

    def _read(self, value: Any) -> Any:
        size = weight(value)
        if size > MAX_VALUE:
            raise SecurityError("a value in it grows too large")
        self._pay(size)
        return value

    def _made(self, value: Any) -> Any:
        if isinstance(value, Iterator):
            value = list(islice(value, MAX_VALUE + 1))
        return self._read(value)

    def _looped(self, values: Iterable[Any]) -> list[Any]:
        items = list(islice(values, MAX_LOOPS + 1))
        self._loops += len(items)
        if self._loops > MAX_LOOPS:
            raise SecurityError(f"it loops over more than {MAX_LOOPS:,} items")
        return items

    def concat(self, pieces: Iterable[str]) -> str:
        """What a macro or a `{% set %}` block prints, as one text."""
        taken: list[str] = []
        size = 0
        for piece in pieces:
            size += len(piece)
            if size > MAX_VALUE:
                raise SecurityError("a value in it grows too large")
            taken.append(piece)
        self._pay(size)
        return "".join(taken)

    # -- filters, calls, operators ---------------------------------------------------------------

    def _paid(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """A filter or a test that pays for what it is given and what it makes."""
        first = 1 if hasattr(function, "jinja_pass_arg") else 0

        @wraps(function)
        def paid(*args: Any, **kwargs: Any) -> Any:
            if name in _TEXT_FILTERS:
                args = (*args[:first], _printed(args[first]), *args[first + 1 :])
            if name not in _UNREAD:
                for value in (*args[first:], *kwargs.values()):
                    self._read(value)
            _check_numbers(name, (*args[first + 1 :], *kwargs.values()))
            return self._made(function(*args, **kwargs))

        return paid

    @staticmethod
    def _join(values: Iterable[Any], d: str = "", attribute: str | None = None) -> str:
        if attribute is not None:
            raise SecurityError("join takes no attribute here; write `| map(attribute=…) | join`")
        texts = [_printed(item) for item in islice(values, MAX_VALUE + 1)]
        separator = _printed(d)
        if sum(map(len, texts)) + len(separator) * len(texts) > MAX_VALUE:
            raise SecurityError("a value in it grows too large")
        return separator.join(texts)

    @staticmethod
    def _replace(value: str, old: Any, new: Any, count: int | None = None) -> str:
        old, new = _printed(old), _printed(new)
        if len(value) + value.count(old) * len(new) > MAX_VALUE:
            raise SecurityError("a value in it grows too large")
        return value.replace(old, new, -1 if count is None else count)

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call as Jinja does, paid for, and bounded where a method makes much out of little."""
        self._pay(_CALL)
        owner, name = getattr(obj, "__self__", None), getattr(obj, "__name__", "")
        for value in (*args, *kwargs.values()):
            self._read(value)
        if isinstance(obj, LoopContext):  # `loop(…)` of a recursive loop
            return super().call(context, obj, self._looped(*args), **kwargs)
        if isinstance(owner, str):
            self._read(owner)
            if name == "replace":
                return self._made(self._replace(owner, *args, **kwargs))
            if name == "join":
                return self._made(self._join(args[0], owner))
            for value in args:
                # Padding makes much out of a small number, and a long needle is slow to look for.
                if isinstance(value, str) and len(value) > 1_000:
                    raise SecurityError("a text given to a method is too long")
                if isinstance(value, int) and abs(value) > MAX_VALUE:
                    raise SecurityError("a number given to a method is too large")
        return self._made(super().call(context, obj, *args, **kwargs))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Refuse what would make a huge value; otherwise as Jinja does it."""
        if operator == "*":
            _check_product(left, right)
        elif operator == "%" and isinstance(left, str):
            raise SecurityError("formatting with % is not offered; use ~ to join text")
        elif operator == "**" and not (abs(left) <= 1_000_000 and abs(right) <= 64):
            raise SecurityError("the power is too large")
        elif operator in ("-", "/", "//") and not _is_number(left):
            raise SecurityError(f"{operator} is for numbers")  # sets have no order that repeats
        return self._made(super().call_binop(context, operator, left, right))

    # -- attributes ------------------------------------------------------------------------------

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A mapping's own key before Python's method of that name: `ad.copy`, `camera.values`."""
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def wrap_str_format(self, value: Any) -> None:  # noqa: ARG002
        """Jinja would offer a safe `str.format`, whose widths still make much out of little."""
        return

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """What Jinja calls safe, of Jinja's own objects and of the harmless methods of plain values."""
        if not super().is_safe_attribute(obj, attr, value):
            return False
        for kind, methods in _METHODS:
            if isinstance(obj, kind):
                return attr in methods or attr in getattr(obj, "_fields", ())  # what groupby gives
        return type(obj).__module__.startswith("jinja2.")

    @pass_context
    def _finalize(self, context: Context, value: Any) -> str:  # noqa: ARG002
        # With the context asked for, Jinja leaves the work to the rendering.
        text = _printed(value)
        self._pay(1 + len(text))
        return text


def _printed(value: Any) -> str:
    """A value as text: truth values as YAML writes them, and nothing that says nothing or too much."""
    if isinstance(value, str):
        return value
    if value is None:
        raise UndefinedError("a null value is printed; give it a value, or write `| default('', true)`")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f") if abs(value.adjusted()) < 100 else str(value)
    if isinstance(value, int | float | Undefined):
        return str(value)
    if isinstance(value, list | tuple | range | dict):
        raise TypeError("a list or a mapping is printed; write `| join(', ')`, or name the item")
    raise TypeError("what is printed is neither text nor a number; a function is called with ()")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal | Undefined)


def _check_product(left: Any, right: Any) -> None:
    for many, times in ((left, right), (right, left)):
        if isinstance(many, str | list | tuple) and isinstance(times, int):
            size = len(many) if isinstance(many, str) else weight(many)
            if size * times > MAX_VALUE:
                raise SecurityError("the repetition is too long")
    if isinstance(left, int) and isinstance(right, int) and left.bit_length() + right.bit_length() > 4096:
        raise SecurityError("the number is too large")


def _check_numbers(name: str, options: tuple[Any, ...]) -> None:
    if name == "round" and any(isinstance(option, int) and abs(option) > 20 for option in options):
        raise SecurityError("it rounds to more than 20 digits")
    if name == "sum" and any(isinstance(option, list | tuple) for option in options):
        raise SecurityError("sum is for numbers")  # adding up lists copies them again and again


def _range(*bounds: int) -> range:
    values = range(*bounds)
    if len(values) > MAX_LOOPS:
        raise SecurityError(f"it counts over more than {MAX_LOOPS:,} items")
    return values


def bounded_output(pieces: Iterable[str]) -> str:
    """The pieces of a rendered template as one text of at most 32 KiB (UTF-8). Raises SecurityError."""
    taken: list[str] = []
    size = 0
    for piece in pieces:
        try:
            size += len(piece.encode("utf-8"))
        except UnicodeEncodeError as error:
            raise SecurityError("it prints half of a surrogate pair, which is no character") from error
        if size > MAX_OUTPUT:
            raise SecurityError(f"it prints more than {MAX_OUTPUT // 1024} KiB")
        taken.append(piece)
    return "".join(taken)
