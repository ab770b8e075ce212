"""The licences of everything that jumpcf brings when it runs, with the extra `local`: known, and none of the GPL's
family.  Read from what is installed; a package that says nothing that is known here fails the test."""

import re
from collections.abc import Iterator
from email.message import Message
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ALLOWED = {
    *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CNRI-Python", "ISC", "MIT", "MIT-0", "PSF-2.0"),
    *("Unlicense", "Zlib"),
    "MPL-2.0",  # its own files stay under it; jumpcf changes none of them and ships none of them
}
"""By SPDX's names (https://spdx.org/licenses/)."""
SPOKEN = {  # what stands in the older field License, or in a classifier
    "apache license 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "apache2": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "new bsd license": "BSD-3-Clause",
    "python software foundation license": "PSF-2.0",
}


def closure(root: str) -> set[str]:
    """Every installed distribution that a requirement brings, by its canonical name."""
    found: dict[str, set[str]] = {}
    waiting = [Requirement(root)]
    while waiting:
        one = waiting.pop()
        name, extras = canonicalize_name(one.name), set(one.extras)
        if name in found and extras <= found[name]:
            continue
        found.setdefault(name, set()).update(extras)
        for text in metadata.distribution(name).requires or ():
            inner = Requirement(text)
            if inner.marker is None or any(inner.marker.evaluate({"extra": one}) for one in ("", *extras)):
                waiting.append(inner)
    return set(found)


def licences(told: "Message | metadata.PackageMetadata") -> Iterator[str]:
    """What a package says: its SPDX expression; else its classifiers; else its field License."""
    if expression := told["License-Expression"]:
        yield expression
        return
    prefix = "License :: OSI Approved :: "
    named = [one.removeprefix(prefix) for one in told.get_all("Classifier") or () if one.startswith(prefix)]
    for one in named or [(told["License"] or "").strip()]:
        yield SPOKEN.get(one.lower(), one)


def allowed(expression: str) -> bool:
    """Whether every part that AND joins is allowed, and one of those that OR joins."""
    text = re.sub(r"\s+", " ", expression.strip())
    while inner := re.search(r"\(([^()]*)\)", text):
        text = text.replace(inner[0], "MIT" if allowed(inner[1]) else "refused")
    ways = text.split(" OR ")
    return any(all(part in ALLOWED for part in way.split(" AND ")) for way in ways)


def refused(told: "Message | metadata.PackageMetadata") -> list[str]:
    return [one or "nothing" for one in licences(told) if not allowed(one)]


def test_every_run_time_dependency_has_a_licence_that_is_allowed() -> None:
    names = closure("jumpcf[local]")
    assert {"boto3", "botocore", "moto", "pydantic-core", "markupsafe"} <= names  # the closure is one
    assert "pytest" not in names
    found = {name: refused(metadata.distribution(name).metadata) for name in sorted(names)}
    assert {name: why for name, why in found.items() if why} == {}


def package(**fields: "str | list[str]") -> Message:
    told = Message()
    for name, values in fields.items():
        for value in [values] if isinstance(values, str) else values:
            told[name.replace("_", "-")] = value
    return told


@pytest.mark.parametrize(
    "told",
    [
        package(License_Expression="MIT"),
        package(License_Expression="MPL-2.0 AND (Apache-2.0 OR MIT)"),
        package(License_Expression="GPL-3.0-only OR MIT"),
        package(License="New BSD license"),
        package(Classifier=["License :: OSI Approved :: MIT License", "Programming Language :: Python"]),
    ],
)
def test_a_permissive_licence_passes(told: Message) -> None:
    assert refused(told) == []


@pytest.mark.parametrize(
    "told",
    [
        package(),
        package(License="see the file"),
        package(License_Expression="AGPL-3.0-or-later"),
        package(License_Expression="MIT AND GPL-2.0-only"),
        package(License_Expression="MIT AND (LGPL-3.0-only OR GPL-3.0-only)"),
        package(Classifier="License :: OSI Approved :: GNU Affero General Public License v3"),
        package(
            Classifier=[
                "License :: OSI Approved :: MIT License",
                "License :: OSI Approved :: GNU General Public License v3 (GPLv3)",
            ]
        ),
    ],
)
def test_a_copyleft_licence_and_an_unknown_one_do_not(told: Message) -> None:
    assert len(refused(told)) == 1
