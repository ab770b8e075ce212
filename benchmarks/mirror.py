"""Writes the limit process's templates: Python literals made from templates that jumpcf compiled.

So both processes write the same bytes whatever the stacks come to hold, and nobody keeps the two in step by
hand.  Partners repeat their shape every five (benchmarks/estates.py), so five of them are enough.
"""

from pathlib import Path
from typing import Any

import orjson

from benchmarks.estates import ORGANIZATIONS, PartnerFacts

SHAPES = 5

HEAD = '''"""Written by benchmarks/mirror.py from compiled templates; do not edit."""

ORGANIZATIONS = {organizations!r}


def templates(partners):
    yield "templates/jump/jump-base.json", base()
    for number, partner in enumerate(partners):
        shape = SHAPES[number % {shapes}]
        name = partner["partner"]
        facts = (
            name,
            *partner["networks"],
            partner["until"],
            partner["users"][2]["until"],
            *(partner["grants"][organization]["ous"][0] for organization in ORGANIZATIONS),
        )
        yield f"templates/jump/jump-partner-{{name}}.json", shape[0](*facts)
        for organization, build in zip(ORGANIZATIONS, shape[1:]):
            yield f"templates/{{organization}}/jump-{{name}}-{{organization}}.json", build(*facts)


'''


def write(build: Path, folder: Path) -> None:
    """Make `folder`/mirrored.py from the build/ folder of any reference estate of five partners or more."""
    parts = [
        HEAD.format(organizations=ORGANIZATIONS, shapes=SHAPES),
        _function("base", None, build / "templates/jump/jump-base.json"),
    ]
    shapes = []
    for number in range(SHAPES):
        name = PartnerFacts.of(number).name
        sources = [
            build / f"templates/jump/jump-partner-{name}.json",
            *(build / f"templates/{org}/jump-{name}-{org}.json" for org in ORGANIZATIONS),
        ]
        functions = [f"shape_{number}_{index}" for index in range(len(sources))]
        parts += [_function(f, number, s) for f, s in zip(functions, sources, strict=True)]
        shapes.append(f"({', '.join(functions)})")
    parts.append(f"SHAPES = ({', '.join(shapes)},)\n")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mirrored.py").write_text("".join(parts), encoding="utf-8")


def _function(name: str, number: int | None, source: Path) -> str:
    template = orjson.loads(source.read_bytes())
    variables = {} if number is None else _variables(PartnerFacts.of(number))
    return f"def {name}({', '.join(variables.values())}):\n    return {_literal(template, variables)}\n\n\n"


def _variables(facts: PartnerFacts) -> dict[str, str]:
    """Text in the sample's template to the variable that takes its place."""
    units = {unit: f"unit_{index}" for index, unit in enumerate(facts.units)}
    return {
        facts.name: "name",
        facts.ipv4: "ipv4",
        facts.ipv6: "ipv6",
        facts.until: "until",
        facts.user_until: "user_until",
        **units,
    }


def _literal(value: Any, variables: dict[str, str]) -> str:
    if isinstance(value, dict):
        pairs = (f"{_literal(k, variables)}: {_literal(v, variables)}" for k, v in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_literal(item, variables) for item in value) + "]"
    if isinstance(value, str) and any(text in value for text in variables):
        escaped = value.replace("{", "{{").replace("}", "}}")
        for text, variable in variables.items():
            escaped = escaped.replace(text, "{" + variable + "}")
        return "f" + repr(escaped)
    return repr(value)
