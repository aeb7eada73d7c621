"""Shells: the scripts that ask for completions, and what each shell does with a word that it splits.

Bash splits words at `:` and `=`, and puts back only the last piece; fish and zsh do not. All three may
be in the middle of quotes: a selection has spaces in it.
"""

from __future__ import annotations

import os

from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
    split_arg_string,
)

_BASH = """\
%(complete_func)s() {
    local IFS=$'\\n' completion
    COMPREPLY=()
    for completion in $(COMP_WORDS="${COMP_LINE:0:$COMP_POINT}" COMP_BREAKS="$COMP_WORDBREAKS" \\
            %(complete_var)s=bash_complete "$1" 2>/dev/null); do
        case $completion in
            dir,*) compopt -o dirnames ;;
            file,*) compopt -o default ;;
            plain,*) COMPREPLY+=("${completion#plain,}") ;;
        esac
    done
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""

_FISH = """\
function %(complete_func)s;
    set -l response (env %(complete_var)s=fish_complete COMP_WORDS=(commandline -cp | string collect) \
COMP_CWORD=(commandline -t | string collect) %(prog_name)s 2>/dev/null);

    for completion in $response;
        set -l metadata (string split -m 1 "," -- $completion);

        if test $metadata[1] = "dir";
            __fish_complete_directories $metadata[2];
        else if test $metadata[1] = "file";
            __fish_complete_path $metadata[2];
        else if test $metadata[1] = "plain";
            echo $metadata[2];
        end;
    end;
end;

complete --no-files --command %(prog_name)s --arguments \
"(%(complete_func)s)";
"""


class _AsTyped(ShellComplete):
    """Takes the line as it was typed, up to the cursor."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the one that is being typed, and that one without its quote."""
        line = os.environ["COMP_WORDS"]
        start, _ = _last_word(line)
        return split_arg_string(line[:start])[1:], "".join(split_arg_string(line[start:])[:1])

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        """What the word can become; after `--select=`, with that before it."""
        found = super().get_completions(args, incomplete)
        option, sign, _ = incomplete.partition("=")
        if not (sign and option.startswith("-")):
            return found
        return [CompletionItem(f"{option}={one.value}", one.type, one.help) for one in found]


class _Bash(_AsTyped, BashComplete):
    """Gives back what follows the last break."""

    source_template = _BASH

    @staticmethod
    def _check_version() -> None:
        """The script needs bash 4.4; asking for it would cost a process on every `completion bash`."""

    def complete(self) -> str:
        """One line for each completion, without the pieces that bash keeps."""
        line = os.environ["COMP_WORDS"]
        start, quoted = _last_word(line)
        breaks = [sign for sign in os.environ.get("COMP_BREAKS", "") if sign in ":="]
        kept = 0 if quoted else max((line[start:].rfind(sign) + 1 for sign in breaks), default=0)
        found = self.get_completions(*self.get_completion_args())
        return "\n".join(f"{one.type},{one.value[kept if one.type == 'plain' else 0 :]}" for one in found)


class _Zsh(_AsTyped, ZshComplete):
    """Splits nothing."""

    source_template = ZshComplete.source_template.replace(
        'COMP_WORDS="${words[*]}"', 'COMP_WORDS="${words[1,CURRENT-1]} $QIPREFIX$PREFIX"'
    )


class _Fish(_AsTyped, FishComplete):
    """Splits nothing, and describes."""

    source_template = _FISH

    def format_completion(self, item: CompletionItem[str]) -> str:
        """Kind, value, and what there is to say of it."""
        return f"{item.type},{item.value}\t{item.help}" if item.help else f"{item.type},{item.value}"


def _last_word(line: str) -> tuple[int, bool]:
    """Where the word begins that is being typed, and whether it is within quotes that are open still."""
    start, quote, escaped = 0, "", False
    for at, sign in enumerate(line):
        if escaped:
            escaped = False
        elif quote:
            quote = "" if sign == quote else quote
        elif sign == "\\":
            escaped = True
        elif sign in "'\"":
            quote = sign
        elif sign.isspace():
            start = at + 1
    return start, bool(quote)


def use() -> None:
    """Have click speak to these shells as said here."""
    for kind in (_Bash, _Zsh, _Fish):
        add_completion_class(kind)
