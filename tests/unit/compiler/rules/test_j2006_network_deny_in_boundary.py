from rule_samples import ROOT, bounded, found, role, shown_red, statement

from jumpcf.compiler.rules.j2006_network_deny_in_boundary import RULE


def test_the_bad_example_is_told(golden):
    shown_red(RULE, golden)


def test_a_network_may_stand_in_the_fence_but_not_in_the_boundary():
    denies = statement("Deny", Resource="*", Condition={"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}})
    assert found(RULE, role(statement(Principal={"AWS": ROOT}), denies)) == []
    assert found(RULE, bounded(denies)) != []
