"""`--fail-on`: words that make a verb's answer a gate; exit code 3 where one of them is met."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import click

from jumpcf.cli.console import Console
from jumpcf.errors import Exit

Function = TypeVar("Function", bound=Callable[..., Any])
Words = tuple[str, ...]


def option(known: Mapping[str, str]) -> Callable[[Function], Function]:
    """The option, as the argument `fail`.  A known word that holds <N> stands for any number there: stale-<N>d."""
    forms = [re.compile(re.escape(one).replace("<N>", "[0-9]{1,5}")) for one in known]

    def read(_ctx: click.Context, _param: click.Parameter, values: Sequence[str]) -> Words:
        words = [word.strip() for value in values for word in value.split(",")]
        unknown = [word for word in words if not any(form.fullmatch(word) for form in forms)]
        if unknown:
            meant = "; ".join(f"{word} ({meaning})" for word, meaning in known.items())
            told = ", ".join(word or "nothing" for word in unknown)
            raise click.BadParameter(f"{told}: not known. There are {meant}.")
        return tuple(dict.fromkeys(words))

    return click.option(
        "--fail-on",
        "fail",
        metavar="WORDS",
        multiple=True,
        callback=read,
        help=f"End with 3 where one of these is met: {', '.join(known)} (with commas, or repeated).",
    )


def verdict(console: Console, words: Words, met: Mapping[str, bool]) -> Exit:
    """3 where one of the words is met, and says which; else 0."""
    found = [word for word in words if met[word]]
    if not found:
        return Exit.DONE
    console.error(f"Met, of --fail-on: {', '.join(found)}.")
    return Exit.NOT_AS_WANTED
