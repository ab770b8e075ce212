"""cfn-lint itself, its rules loaded once; the only importer of cfnlint's runner."""

import os
from typing import Any

from cfnlint.config import ConfigMixIn
from cfnlint.helpers import REGIONS
from cfnlint.match import Match
from cfnlint.runner.cli import Runner
from cfnlint.runner.template.runner import run_template_by_file_path

from jumpcf.compiler.lint_findings import UNKNOWN_REGION, Finding, LintFailed
from jumpcf.compiler.lint_rules import quicker


class Engine:
    """Checks one template after the other and remembers, between them, what was clean."""

    def __init__(self, *, remember: bool = True) -> None:
        """`remember` False runs cfn-lint exactly as it comes; the tests compare the two."""
        rules = Runner(_config(REGIONS[0])).rules
        self._rules = quicker(rules) if remember else rules
        self._configs: dict[str, ConfigMixIn] = {}

    def check(self, path: str, region: str) -> tuple[Finding, ...]:
        """What `cfn-lint --regions <region> <path>` says, sorted.

        Raises LintFailed for a region that this version of cfn-lint does not know.
        """
        if region not in REGIONS:
            raise LintFailed(
                UNKNOWN_REGION,
                f"cfn-lint does not know the region {region}",
                "correct the region in params/, or install a newer cfn-lint",
                where=path,
            )
        config = self._configs.setdefault(region, _config(region))
        matches = run_template_by_file_path(path, config, self._rules, False)
        return tuple(sorted({_finding(match) for match in matches}))


def _config(region: str) -> ConfigMixIn:
    # A config file by name keeps cfn-lint from looking for .cfnlintrc in the home and the current folder.
    return ConfigMixIn([], regions=[region], config_file=os.devnull)


def _finding(match: Match) -> Finding:
    where: list[Any] = list(getattr(match, "path", None) or [])
    return Finding(
        rule=match.rule.id,
        where="/".join(map(str, where)),
        message=str(match.message),
        line=match.linenumber,
        column=match.columnnumber,
        severity="error" if match.rule.severity == "error" else "warning",
        source=match.rule.source_url,
    )
