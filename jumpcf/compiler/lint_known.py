"""Which of cfn-lint's modules are known well enough to be made quicker.

`lint_rules`, `lint_run` and `lint_validator` stand in for parts of cfn-lint, so they must know exactly what
these parts do.  A module that differs from the one that was read (another version, another patch) is left as
it comes: slower, and right.  Digests are of the files of cfn-lint 1.58.0; to admit another version, read what
changed in the module, run tests/unit/compiler_lint against it, and add its digest.
"""

import importlib
from collections.abc import Mapping
from pathlib import Path

from jumpcf.artifacts.codec import digest

KNOWN: dict[str, frozenset[str]] = {
    "cfnlint.context.context": frozenset(
        {"785e6ca7d57cde01cc8aed6d398a192debdfa611831f2a801e7f27de2be31aff"}
    ),
    "cfnlint.jsonschema.validators": frozenset(
        {"6494508f68508e392b0caff55d51ce061d2621dd2edaf9ed2621456ebdad3605"}
    ),
    "cfnlint.rules._rule": frozenset({"985d08c50eb9280390ef748af816c3c620c4e8cb83fc82c9f1a90769c60fca18"}),
    "cfnlint.rules._rules": frozenset({"11f11c4d5a2fac69f5872e3666c230666450cffc1f13fcc4b41124c7eb2305a5"}),
    "cfnlint.rules.jsonschema.Base": frozenset(
        {"ef503696ce8103624da987dc82032be38f643111f020069a90a2ae6cdc3a10bc"}
    ),
    "cfnlint.rules.jsonschema.CfnLint": frozenset(
        {"8e926d507ae4a7712a48f10246521c75fe13f4f45f6d6e90d1bb60d1c914ea9a"}
    ),
    "cfnlint.rules.jsonschema.JsonSchema": frozenset(
        {"5d188af3aee8e7e609fac7781b226424bd994276a82f01a9cd69fa4498b71506"}
    ),
    "cfnlint.rules.resources.iam.Policy": frozenset(
        {"4c415af2b23b92c37ffa96090a9b40f348f381160d57242edf447daf894253b5"}
    ),
}


def is_known(*modules: str, known: Mapping[str, frozenset[str]] = KNOWN) -> bool:
    """Whether all of these modules of cfn-lint are, byte for byte, ones that were read."""
    return all(_digest_of(module) in known[module] for module in modules)


def _digest_of(module: str) -> str:
    file = importlib.import_module(module).__file__
    return digest(Path(file).read_bytes()) if file else ""
