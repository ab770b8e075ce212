"""GitHub's expressions, as far as our workflows use them: contexts, comparisons, && || !, and a few functions."""

import re
from collections.abc import Callable, Mapping
from typing import Any

TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>\d+)|(?P<sign>&&|\|\||==|!=|>|!|\(|\)|,)|(?P<name>[A-Za-z_][\w.-]*))"
)
SIGNS = {"&&": " and ", "||": " or ", "!": " not "}
STATUS = ("always", "cancelled", "failure", "success")
"""A condition without one of these holds only where everything before it succeeded."""


class Contexts:
    """Where names are looked up; what is not there is empty, as on GitHub."""

    def __init__(self, values: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]) -> None:
        self.values, self.functions = values, functions

    def get(self, name: str) -> Any:
        found: Any = self.values
        for part in name.split("."):
            found = found.get(part, "") if isinstance(found, Mapping) else ""
        return found


def evaluate(text: str, contexts: Contexts) -> Any:
    """The value of one expression, without its ${{ }}."""
    parts, at, text = [], 0, text.strip()
    while at < len(text):
        match = TOKEN.match(text, at)
        assert match, f"no expression that this runner knows: {text[at:]}"
        at = match.end()
        if match["text"]:
            parts.append(repr(match["text"][1:-1].replace("''", "'")))
        elif match["sign"]:
            parts.append(SIGNS.get(match["sign"], match["sign"]))
        elif match["name"] and text[at : at + 1] == "(":
            parts.append(f"call[{match['name']!r}]")
        else:
            parts.append(f"get({match['name']!r})" if match["name"] else match["number"])
    scope = {"get": contexts.get, "call": contexts.functions, "__builtins__": {}}
    return eval("".join(parts).strip(), scope)  # our own files, made of the tokens above


def filled(text: Any, contexts: Contexts) -> str:
    """A text with each ${{ }} in it replaced by its value."""
    return re.sub(r"\$\{\{(.*?)\}\}", lambda one: _text(evaluate(one[1], contexts)), _text(text), flags=re.S)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def holds(condition: Any, contexts: Contexts) -> bool:
    """Whether an `if` holds; none is success()."""
    text = str(condition if condition is not None else "success()").strip()
    whole = re.fullmatch(r"\$\{\{(.*)\}\}", text, flags=re.S)
    text = whole[1] if whole else text
    if not any(f"{name}(" in text for name in STATUS):
        text = f"success() && ({text})"
    return bool(evaluate(text, contexts))
