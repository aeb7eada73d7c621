"""Templates: Jinja text to prompts and other strings, with failures that say where."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from jinja2 import BaseLoader, Environment, TemplateNotFound, TemplateSyntaxError
from jinja2.exceptions import SecurityError, TemplateError, UndefinedError

from seedgen.project.diagnostics import did_you_mean, known_words
from seedgen.project.pinpoint import Passage, passage, spread
from seedgen.project.sandbox import Sandbox, bounded_output
from seedgen.project.template_faults import syntax_words, unclosed
from seedgen.project.yaml_faults import conflict

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from jinja2 import Template

SHIPPED = Path(__file__).parent.parent
SHIPPED_PREFIX = "seedgen/"
_SHORT = 4096
_INLINE = "<template>"
"""What Jinja calls a text without a file."""
_MAX_TEMPLATE = 256 * 1024
_TOO_MUCH = (RecursionError, SyntaxError, MemoryError)
_UNDEFINED = re.compile(r"'([^']+)' is undefined")


@dataclass(eq=False)
class TemplateFailure(Exception):
    """A template that cannot be rendered. `file` and `line` are None for text inside YAML; `passage` is
    the expression that fails, where it is known."""

    summary: str
    detail: str
    file: Path | None = None
    line: int | None = None
    passage: Passage | None = None


class RefError(TemplateError):
    """`ref()` names something that the shot does not carry. Says what in a sentence."""

    def __init__(self, summary: str, detail: str) -> None:
        super().__init__(detail)
        self.summary = summary


class _Files(BaseLoader):
    """Finds `product.j2` in the project's templates, `seedgen/product.j2` among the shipped ones."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.own = self.root / "templates"
        self.read: set[str] = set()
        packed = SHIPPED / "templates"
        self.shipped = packed if packed.is_dir() else SHIPPED.parent / "templates"

    def path(self, name: str) -> Path | None:
        parts = PurePosixPath(name)
        if parts.is_absolute() or ".." in parts.parts or "\\" in name:
            return None
        own = not name.startswith(SHIPPED_PREFIX)
        path = self.own / name if own else self.shipped / name.removeprefix(SHIPPED_PREFIX)
        try:
            real = path.resolve(strict=True)
            inside = real.is_relative_to(self.root if own else self.shipped.resolve())
            return path if inside and real.is_file() else None
        except (OSError, ValueError, RuntimeError):  # RuntimeError: links that go round in a circle
            return None

    def shipped_name(self, path: Path | None) -> str:
        """What a template that comes with seedgen is called in a project; empty for any other file."""
        if path is None or not path.is_relative_to(self.shipped):
            return ""
        return SHIPPED_PREFIX + path.relative_to(self.shipped).as_posix()

    def names(self) -> list[str]:
        own = [p.relative_to(self.own).as_posix() for p in sorted(self.own.glob("**/*.j2"))]
        return own + [SHIPPED_PREFIX + p.name for p in sorted(self.shipped.glob("*.j2"))]

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Any]:  # noqa: ARG002
        path = self.path(template)
        if path is None:
            raise TemplateNotFound(template)
        if path.stat().st_size > _MAX_TEMPLATE:
            limit = _MAX_TEMPLATE // 1024
            raise TemplateNotFound(template, f"{template} is larger than {limit} KiB")
        self.read.add(str(path))
        try:
            text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise TemplateNotFound(template, f"{template} is not UTF-8") from error
        if left := conflict(text):
            # Rendered, the markers and both versions would be paid for.
            raise TemplateSyntaxError(left.detail, left.spot.line, template, str(path))
        return text, str(path), None

    def text(self, path: Path) -> str | None:
        """What stands in a template, to show a line of it."""
        try:
            return path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            return None


class Templates:
    """Renders the strings of one project. Compiles each template and each distinct text once."""

    def __init__(self, root: Path) -> None:
        self._files = _Files(root)
        self._sandbox = Sandbox(self._files)
        self._inline: dict[str, Template] = {}
        self._by_name: dict[str, tuple[Template, Path]] = {}
        self._spread: dict[str, Template] = {}

    def text(self, source: str, scope: Mapping[str, Any]) -> str:
        """A string of the project file, rendered. Raises TemplateFailure."""
        try:
            if "{" not in source:
                return source if _is_canonical(source) else canonical_text(bounded_output([source]))
            template = self._inline.get(source)
            if template is None:
                template = self._inline[source] = self._compiled(source)
        except Exception as error:
            raise self._failure(error, None, scope, source) from error
        return self._render(template, None, scope, source)

    def _compiled(self, source: str) -> Template:
        if len(source) > _MAX_TEMPLATE:
            raise SecurityError(f"it is larger than {_MAX_TEMPLATE // 1024} KiB")
        return self._sandbox.from_string(source)

    def file(self, name: str, scope: Mapping[str, Any]) -> str:
        """A template file, rendered. Raises TemplateFailure."""
        if name not in self._by_name:
            self._by_name[name] = self._load(name, scope)
        template, path = self._by_name[name]
        return self._render(template, path, scope)

    def _load(self, name: str, scope: Mapping[str, Any]) -> tuple[Template, Path]:
        path = self._files.path(name)
        if path is None:
            hint = did_you_mean(name, self._files.names())
            raise TemplateFailure(
                "unknown template", f"No {name!r} in templates/. {hint}".strip() + self._shipped_hint(name)
            )
        try:
            self._sandbox.begin()
            return self._sandbox.get_template(name), path
        except Exception as error:
            raise self._failure(error, path, scope) from error

    def _shipped_hint(self, name: str) -> str:
        shipped = SHIPPED_PREFIX + name
        return f" seedgen ships {shipped!r}." if self._files.path(shipped) else ""

    def _render(
        self, template: Template, path: Path | None, scope: Mapping[str, Any], source: str | None = None
    ) -> str:
        self._sandbox.begin()
        try:
            return canonical_text(bounded_output(template.generate(scope)))
        except Exception as error:  # a stranger's template makes Python raise whatever it can
            raise self._failure(error, path, scope, source) from error

    def _failure(
        self, error: BaseException, path: Path | None, scope: Mapping[str, Any], source: str | None = None
    ) -> TemplateFailure:
        """What went wrong in a template file, or in a text that is its own `source`."""
        failure = self._worded(error, path, scope)
        # What takes too much work is not begun again.
        if failure.file == path and not isinstance(error, (SecurityError, *_TOO_MUCH)):
            text = source if path is None else self._files.text(path)
            failure.passage = self._passage(error, text, scope) if text else None
        if shipped := self._files.shipped_name(failure.file):
            # Nothing is mended there: what is wrong is what the project gives it.
            return TemplateFailure(failure.summary, f"{shipped}: {failure.detail}")
        return failure

    def _passage(self, error: BaseException, text: str, scope: Mapping[str, Any]) -> Passage | None:
        """The expression that fails: the text is rendered once more, with each on a line of its own.

        Of a block that is not closed it is the beginning: at the end of the text nothing is wrong.
        """
        if isinstance(error, TemplateSyntaxError) and (opening := unclosed(error.message or "", text)):
            return opening
        undefined = _UNDEFINED.search(str(error)) if isinstance(error, UndefinedError) else None
        try:
            template = self._spread.get(text)
            if template is None:
                template = self._spread[text] = self._compiled(spread(text))
            self._sandbox.begin()
            bounded_output(template.generate(scope))
        except TemplateSyntaxError as again:
            line = again.lineno if again.name is None else None
        except Exception as again:  # noqa: BLE001  the same failure once more, whatever it is
            line = _last_line(again, {_INLINE})[1]
        else:
            line = None
        return passage(text, line, undefined[1] if undefined else None) if line else None

    def _worded(self, error: BaseException, path: Path | None, scope: Mapping[str, Any]) -> TemplateFailure:
        file, line = self._where(error, path)
        if isinstance(error, TemplateSyntaxError):
            return TemplateFailure(
                "template not readable", _sentence(syntax_words(error.message or "")), file, line
            )
        if isinstance(error, RefError):
            return TemplateFailure(error.summary, str(error), file, line)
        if isinstance(error, SecurityError):
            return TemplateFailure("template not allowed", _sentence(str(error)), file, line)
        if isinstance(error, UndefinedError):
            return TemplateFailure("variable without a value", _undefined(str(error), scope), file, line)
        if isinstance(error, TemplateNotFound):
            said = str(error) if str(error) != error.name else f"no {error.name!r} in templates/"
            hint = did_you_mean(str(error.name), self._files.names())
            return TemplateFailure("unknown template", f"{_sentence(said)} {hint}".strip(), file, line)
        if isinstance(error, _TOO_MUCH):
            return TemplateFailure(
                "template not allowed", "It is nested too deep, or it includes or calls itself.", file, line
            )
        return TemplateFailure("template fails", _sentence(str(error)), file, line)

    def _where(self, error: BaseException, path: Path | None) -> tuple[Path | None, int | None]:
        """The innermost template line of a traceback; Jinja maps its frames to template lines."""
        if isinstance(error, TemplateSyntaxError):
            return (
                (Path(error.filename), error.lineno) if error.filename in self._files.read else (path, None)
            )
        name, line = _last_line(error, self._files.read)
        return Path(name) if name else path, line


def _last_line(error: BaseException, names: Collection[str]) -> tuple[str | None, int | None]:
    """The innermost frame of a traceback that is in one of some files: its file and its line."""
    found: tuple[str | None, int | None] = None, None
    trace = error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if name in names:
            found = name, trace.tb_lineno
        trace = trace.tb_next
    return found


def canonical_text(text: str) -> str:
    """The one rewriting a prompt gets: line ends to \\n, no trailing space, NFC."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return unicodedata.normalize("NFC", "\n".join(line.rstrip(" \t") for line in lines).rstrip())


def _is_canonical(text: str) -> bool:
    """Whether a short text surely needs no rewriting: one line of ASCII that does not end in a space."""
    return len(text) < _SHORT and text.isascii() and text.isprintable() and not text.endswith(" ")


def _undefined(message: str, scope: Mapping[str, Any]) -> str:
    if match := _UNDEFINED.search(message):
        known = [name for name in scope if name != "ref"]
        hint = did_you_mean(match[1], known) or f"In scope: {known_words(known)}."
        return f"{match[1]!r} is not defined. {hint}"
    return _sentence(message)


def _sentence(text: str) -> str:
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")
