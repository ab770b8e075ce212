"""docs/reference.md: every verb as `--help` tells it, made from the same click objects.

Laid out here and not by click, whose own layout differs between its versions.
"""

import inspect
import re
from collections.abc import Iterator

import click

from jumpcf.cli.main import CONTEXT, group

FRONT = """\
# The verbs, from their help

Made from the command line by `make golden`; [commands.md](commands.md) tells the verbs in a sentence each, with \
the exit codes. Every option is an environment variable as well, `JUMPCF_` and the verb before it: \
`JUMPCF_DEPLOY_YES=1`. `-h` and `--help` are everywhere.
"""

INDENT = " " * len("Example: ")


def commands() -> dict[str, click.Command]:
    """Every verb and everything below it, by its words: "jumpcf local fault clock"."""
    return dict(_below(group, click.Context(group, info_name="jumpcf", **CONTEXT)))  # type: ignore[arg-type]


def page() -> str:
    found = commands()
    links = [f"- [`{words}`](#{words.replace(' ', '-')})" for words in found if words.count(" ") == 1]
    sections = [section(words, command) for words, command in found.items()]
    return "\n".join([FRONT, *links, "", "\n\n".join(sections)]) + "\n"


def section(words: str, command: click.Command) -> str:
    parts = [f"## {words}", f"```\n{usage(words, command)}\n```", *told(command.help or "")]
    if rows := [row(one) for one in command.params if isinstance(one, click.Option)]:
        parts.append("\n".join(["| option | |", "| --- | --- |", *rows]))
    return "\n\n".join(parts)


def usage(words: str, command: click.Command) -> str:
    arguments = [
        name if one.required else f"[{name}]"
        for one in command.params
        if isinstance(one, click.Argument)
        for name in [
            (one.metavar or value(one) or (one.name or "").upper()) + ("..." if one.nargs == -1 else "")
        ]
    ]
    options = ["[OPTION]..."] if any(isinstance(one, click.Option) for one in command.params) else []
    below = ["COMMAND"] if isinstance(command, click.Group) else []
    return " ".join([words, *options, *arguments, *below])


def told(text: str) -> Iterator[str]:
    """Paragraphs in one line each; examples, and what goes on below them, as they stand."""
    for part in re.split(r"\n\s*\n", inspect.cleandoc(text)):
        if not part.startswith("\b"):
            yield plain(" ".join(part.split()))
            continue
        lines = part.splitlines()[1:]
        end = next((n for n, line in enumerate(lines) if not line.startswith((" ", "Example:"))), len(lines))
        shown = [line.replace("Example: ", INDENT).removeprefix(INDENT) for line in lines[:end]]
        yield "\n".join(["```", *shown, "```"])
        if lines[end:]:
            yield plain(" ".join(" ".join(lines[end:]).split()))


def plain(text: str) -> str:
    """Text that Markdown leaves alone: `*` and `<name>` stand for themselves."""
    parts = text.split("`")
    return "`".join(part if n % 2 else re.sub(r"([*<])", r"\\\1", part) for n, part in enumerate(parts))


def row(option: click.Option) -> str:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    wants = value(option)
    tail = ["Required."] if option.required else []
    if option.show_default is True:
        tail.append(f"Default: {option.default}.")
    cells = (names + (f" `{wants}`" if wants else ""), " ".join([plain(option.help or ""), *tail]))
    return "| " + " | ".join(cell.strip().replace("|", "\\|") for cell in cells) + " |"


def value(param: click.Parameter) -> str:
    """What stands for the parameter's value; nothing for a flag."""
    if param.metavar:
        return param.metavar
    if isinstance(param, click.Option) and param.is_flag:
        return ""
    if isinstance(param.type, click.Choice):
        return "|".join(map(str, param.type.choices))
    if isinstance(param, click.Argument):
        return ""
    return {"integer range": "N", "float range": "NUMBER"}.get(param.type.name, param.type.name.upper())


def _below(command: click.Command, ctx: click.Context) -> Iterator[tuple[str, click.Command]]:
    yield ctx.command_path, command
    if isinstance(command, click.Group):
        for name in command.list_commands(ctx):
            one = command.get_command(ctx, name)
            assert one is not None
            yield from _below(one, click.Context(one, info_name=name, parent=ctx))
