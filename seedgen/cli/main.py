"""The command `seedgen`: options before the command, commands imported when called, errors for people."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from seedgen import __version__
from seedgen.cli.invocation import Invocation, NotAnswered
from seedgen.cli.options import complete_profiles
from seedgen.cli.pages import page
from seedgen.cli.refusals import refused
from seedgen.cli.usage import near_command, usage_text
from seedgen.errors import SeedgenError
from seedgen.views.paint import harmless

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMMANDS = {
    "init": "start a project that applies at once",
    "validate": "every problem of the project at once",
    "fmt": "canonical order and spacing of the YAML, comments kept",
    "plan": "what would be generated, why, and for how much",
    "apply": "generate what changed and assemble the reels",
    "reel": "assemble reels from what there is; free",
    "export": "hand a reel over to editors and players: otio, edl, fcpxml, srt, vtt, chapters",
    "status": "where the shots stand",
    "show": "one shot whole, or a saved plan",
    "graph": "shots and what they are made from, as Mermaid or DOT",
    "diff": "shots, requests and clips of two git revisions, compared",
    "merge-lock": "put together the locks of two branches",
    "render": "a shot's prompt and request as they would be sent",
    "pick": "choose which take of a shot goes into reels",
    "accept": "keep a shot's clip though its request changed; free",
    "import": "adopt a clip from a file or from a service's job",
    "jobs": "jobs at services: list, resolve doubts, cancel",
    "retry": "let refused shots be submitted again",
    "costs": "what was spent, against what was estimated",
    "cache": "what the cache holds: list it, check it, clear it out",
    "doctor": "check ffmpeg, the cache and the keys",
    "providers": "models: what they take and cost; compare with the service",
    "schema": "JSON Schema of every file and document",
    "completion": "shell completion for bash, zsh and fish",
    "version": "seedgen's version",
}

_MODULES = {"import": "import_", "merge-lock": "merge_lock"}
"""Where a command's module cannot have its name."""

_GROUPS = ("cache", "jobs", "providers")

EXIT_ERROR = 1
EXIT_INTERRUPTED = 130


class _Commands(click.Group):
    """Imports a command's module when the command is called: start-up is a feature."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"seedgen.cli.{_MODULES.get(cmd_name, cmd_name)}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            near = self._near(ctx, args[0])
            hint = f" Did you mean `{near}`?" if near else " `seedgen --help` lists them."
            raise click.UsageError(f"no command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)

    def _near(self, ctx: click.Context, word: str) -> str:
        """The command that was meant, those of groups among them; empty when nothing is near."""
        known = {name: name for name in _COMMANDS}
        for name in _GROUPS:
            group = self.get_command(ctx, name)
            for sub in group.commands if isinstance(group, click.Group) else ():
                known.setdefault(sub, f"{name} {sub}")
        return near_command(word, known)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a remedy names commands as they have to be typed here."""
        try:
            return super().invoke(ctx)
        except SeedgenError as error:
            if isinstance(ctx.obj, Invocation):
                error.remedy = ctx.obj.typed(error.remedy)
            raise
        except BrokenPipeError:
            raise
        except OSError as error:
            if not isinstance(ctx.obj, Invocation):
                raise
            settings = ctx.obj.settings
            raise refused(error, settings.cache_dir or settings.root / ".seedgen" / "cache") from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=page(
        ("seedgen init my-film && seedgen -C my-film apply", "begin a film; the local renderer is free"),
        ("seedgen -C examples/sneaker plan", "what would be generated there, and for how much"),
        ("seedgen --profile final apply --max-cost 5", "with the profile `final`, for five dollars at most"),
        ("seedgen plan --help", "options, examples and exit codes of a command"),
        exits={
            0: "done",
            1: "any error, wrong usage, an apply that left a shot failed or blocked",
            2: "only `plan --detailed-exitcode`: there are changes",
            130: "interrupted; what is done is kept",
        },
        environment=[
            ("EACHLABS_API_KEY", "key for each::labs; also read from .env beside the project file"),
            ("OXEN_API_KEY", "key for Oxen.ai; likewise"),
            ("EACHLABS_BASE_URL", "another address of the service, for tests and proxies"),
            ("OXEN_BASE_URL", "likewise"),
            ("SEEDGEN_PROFILE", "as --profile"),
            ("SEEDGEN_CACHE_DIR", "as --cache-dir"),
            ("SEEDGEN_FFMPEG", "the ffmpeg to use, instead of the first good one"),
            ("NO_COLOR", "no colour, as --no-color; so does TERM=dumb"),
            ("SEEDGEN_DEBUG", "set to 1, a bug shows its traceback"),
        ],
    ),
)
@click.option(
    "-C",
    "directory",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The project's folder; files named behind the command are still looked for here.",
)
@click.option(
    "--profile",
    metavar="NAME",
    envvar="SEEDGEN_PROFILE",
    shell_complete=complete_profiles,
    help="A profile of the project, such as draft or final; each has a lock of its own.",
)
@click.option(
    "--var",
    "variables",
    metavar="K=V",
    multiple=True,
    help="Override a variable of the project; may be given several times.",
)
@click.option(
    "--var-file",
    "var_files",
    metavar="F",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Override variables from a YAML file; --var wins over it.",
)
@click.option(
    "--cache-dir",
    metavar="D",
    envvar="SEEDGEN_CACHE_DIR",
    type=click.Path(path_type=Path),
    help="Where clips are kept; projects and worktrees may share it. By default .seedgen/cache.",
)
@click.option(
    "--allow-outside",
    is_flag=True,
    help="Let references and folders lie outside the project; only for projects you trust.",
)
@click.version_option(__version__, message="seedgen %(version)s")
@click.option("--no-color", is_flag=True, help="No colour, whatever the terminal.")
@click.pass_context
def command_line(
    ctx: click.Context,
    directory: Path | None,
    profile: str | None,
    variables: tuple[str, ...],
    var_files: tuple[Path, ...],
    cache_dir: Path | None,
    allow_outside: bool,
    no_color: bool,
) -> None:
    """Terraform for AI video: plan, pay for and keep only the shots that changed.

    seedgen.yaml declares shots. `seedgen plan` says which would be generated, why and for how much, and
    costs nothing; `seedgen apply` asks, generates them, keeps every clip, and assembles the reels. Which
    clip each shot has stands in seedgen.lock, which belongs into git. Only `seedgen apply` submits anything.
    """
    ctx.obj = Invocation(
        root=directory or Path(),
        profile=profile,
        variables=variables,
        # Files named on the command line are relative to where the command was typed.
        var_files=tuple(file.absolute() for file in var_files),
        cache_dir=cache_dir.absolute() if cache_dir else None,
        allow_outside=allow_outside,
        no_color=no_color,
        environment=os.environ,
    )


def run(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit code. Never raises."""
    invocation = Invocation(root=Path(), environment=os.environ, no_color="--no-color" in arguments)
    if "_SEEDGEN_COMPLETE" in os.environ:
        from seedgen.cli import shells

        shells.use()
    try:
        result: Any = command_line.main(args=list(arguments), prog_name="seedgen", standalone_mode=False)
        code = result if isinstance(result, int) else 0
        sys.stdout.flush()
    except click.exceptions.Exit as ended:
        code = ended.exit_code
    except NotAnswered:
        code = _interrupted("Nothing was done.")
    except (click.Abort, KeyboardInterrupt):
        code = _interrupted("What is done is kept; run it again to go on.")
    except click.ClickException as error:
        code = _usage(error, invocation)
    except SeedgenError as error:
        code = _ours(error, invocation)
    except BrokenPipeError:
        code = _broken_pipe()
    except OSError as error:
        code = _ours(refused(error), invocation)
    except Exception as error:  # noqa: BLE001  the last line of defence: a bug says that it is one
        code = _bug(error, invocation)
    return code


def _say(text: str, code: int) -> int:
    sys.stderr.write(text)
    return code


def _interrupted(state: str) -> int:
    """On a terminal `^C` stands in the line already."""
    begun = "\n" if sys.stderr.isatty() else ""
    return _say(f"{begun}Interrupted. {state}\n", EXIT_INTERRUPTED)


def _usage(error: click.ClickException, invocation: Invocation) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return _say(f"{error.format_message()}\n", EXIT_ERROR)
    return _say(usage_text(error, invocation.paint), EXIT_ERROR)


def _ours(error: SeedgenError, invocation: Invocation) -> int:
    from seedgen.views.diagnostics import error_text

    return _say(error_text(error, Path.cwd(), invocation.paint), EXIT_ERROR)


def _broken_pipe() -> int:
    """Whoever read our output has left, as `head` does; say nothing more, not even at exit."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    return EXIT_ERROR


def _bug(error: Exception, invocation: Invocation) -> int:
    if os.environ.get("SEEDGEN_DEBUG"):
        import traceback

        traceback.print_exc()
    name = invocation.paint.red("This is a bug in seedgen:")
    return _say(
        f"{name} {type(error).__name__}: {harmless(str(error))}\n"
        "  Please report it in the issue tracker with what SEEDGEN_DEBUG=1 prints. "
        "Clips that were paid for are in the cache.\n",
        EXIT_ERROR,
    )
