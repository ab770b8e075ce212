"""cfn-lint's loop over its rules, without the calls that cannot find anything.

cfn-lint 1.58 asks each of 300 rules about the template and then about each resource, although fewer than
half of them look at templates and two dozen at resources by this way (the others are called by keyword), and
it reads its configuration anew for each rule.
"""

from collections.abc import Iterator
from typing import Any

from cfnlint.match import Match
from cfnlint.rules import CloudFormationLintRule, Rules

Plain = CloudFormationLintRule


class LeanRules(Rules):  # type: ignore[misc]
    """The collection of rules with a lean `run`."""

    def run(self, filename: str | None, cfn: Any, config: Any) -> Iterator[Match]:
        enabled = self._begin(cfn, config)
        for rule in self._for_templates():
            yield from self._of(enabled, config, rule.id, rule.matchall, filename, cfn)
        by_type = self._for_resources()
        for name, resource in cfn.get_resources().items():
            kind, properties = resource.get("Type"), resource.get("Properties")
            if isinstance(kind, str) and isinstance(properties, dict):
                path = ["Resources", name, "Properties"]
                for rule in by_type:
                    check = rule.matchall_resource_properties
                    yield from self._of(
                        enabled, config, rule.id, check, filename, cfn, properties, kind, path
                    )

    def _of(
        self, enabled: set[str], config: Any, rule_id: str, check: Any, filename: str | None, *args: Any
    ) -> Iterator[Match]:
        for match in self.run_check(check, filename, rule_id, config, enabled, filename, *args):
            if match.rule.id in enabled:
                yield match

    def _begin(self, cfn: Any, config: Any) -> set[str]:
        """Configure all rules for this template, link parents and children; gives the enabled rules' ids."""
        configured, experimental = config.configure_rules, config.include_experimental
        chosen = {
            "include_experimental": experimental,
            "ignore_rules": config.ignore_checks,
            "include_rules": config.include_checks,
            "mandatory_rules": config.mandatory_checks,
        }
        enabled = set()
        for rule_id, rule in self.data.items():
            rule.configure(configured.get(rule_id, None), experimental)
            rule.initialize(cfn)
            if rule.is_enabled(**chosen):
                enabled.add(rule_id)
        for rule_id, rule in self.data.items():
            for child in rule.child_rules:
                if child in self.data:
                    rule.child_rules[child] = self.data[child]
            for parent in rule.parent_rules:
                if parent in self.data:
                    self.data[parent].child_rules[rule_id] = rule
        return enabled

    def _for_templates(self) -> list[CloudFormationLintRule]:
        return [
            rule
            for rule in self.data.values()
            if type(rule).match is not Plain.match or type(rule).matchall is not Plain.matchall
        ]

    def _for_resources(self) -> list[CloudFormationLintRule]:
        return [
            rule
            for rule in self.data.values()
            if type(rule).match_resource_properties is not Plain.match_resource_properties
            or type(rule).matchall_resource_properties is not Plain.matchall_resource_properties
        ]
