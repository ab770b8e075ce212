"""Which networks a partner may have."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jumpcf.estate import networks


@pytest.mark.parametrize(
    "text",
    [
        "203.0.113.0/24",
        "198.51.100.0/24",
        "192.0.2.0/25",
        "2001:db8:10::/48",
        "8.0.0.0/8",
        "1.1.1.1/32",
        "2600::/16",
        "2a00:1450::/32",
    ],
)
def test_public_and_documentation_networks_are_let_through(text):
    assert str(networks.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("acme.example", "E222"),
        ("203.0.113.0/33", "E222"),
        ("203.0.113.0/-1", "E222"),
        ("203.0.113.7", "E222"),
        ("203.0.113.0/255.255.255.0/1", "E222"),
        ("203.0.113.1/24", "E223"),
        ("2001:db8::1/64", "E223"),
        ("0.0.0.0/0", "E224"),
        ("::/0", "E224"),
        ("8.0.0.0/7", "E224"),
        ("2600::/15", "E224"),
        ("10.0.0.0/8", "E225"),
        ("172.31.255.0/24", "E225"),
        ("192.168.0.0/16", "E225"),
        ("100.127.255.255/32", "E225"),
        ("127.0.0.0/8", "E225"),
        ("169.254.169.254/32", "E225"),
        ("239.0.0.0/8", "E225"),
        ("255.255.255.255/32", "E225"),
        ("0.0.0.0/8", "E225"),
        ("192.0.0.0/16", "E225"),
        ("fc00::/16", "E225"),
        ("fe80::/16", "E225"),
        ("ff02::/16", "E225"),
        ("::1/128", "E225"),
        ("::ffff:203.0.113.0/120", "E225"),
        ("2002:cb00:7100::/40", "E225"),
        ("5000::/16", "E225"),
    ],
)
def test_other_networks_are_refused_with_the_reason(text, code):
    with pytest.raises(networks.NotANetwork) as caught:
        networks.parse(text)
    assert caught.value.code == code
    assert text in str(caught.value)


def test_host_bits_come_with_the_network_that_was_meant():
    with pytest.raises(networks.NotANetwork) as caught:
        networks.parse("203.0.113.77/26")
    assert caught.value.hint == "did you mean 203.0.113.64/26?"


def test_a_netmask_means_the_same_as_its_prefix_length():
    assert str(networks.parse("203.0.113.0/255.255.255.0")) == "203.0.113.0/24"


def of(*texts):
    return [ipaddress.ip_network(text) for text in texts]


def test_a_network_within_another_is_found_wherever_it_stands():
    found = networks.contained(of("203.0.113.128/25", "2001:db8::/32", "203.0.113.0/24", "2001:db8:1::/48"))
    assert [(str(inner), str(outer)) for inner, outer in found] == [
        ("203.0.113.128/25", "203.0.113.0/24"),
        ("2001:db8:1::/48", "2001:db8::/32"),
    ]


def test_equal_networks_contain_each_other_once():
    assert len(list(networks.contained(of("203.0.113.0/24", "203.0.113.0/24")))) == 1


def test_neighbours_are_no_overlap():
    assert list(networks.contained(of("203.0.113.0/25", "203.0.113.128/25"))) == []


CIDRS = st.builds(
    lambda address, prefix: ipaddress.ip_network((address, prefix), strict=False),
    st.integers(0, 2**32 - 1).map(ipaddress.IPv4Address),
    st.integers(0, 32),
)


@given(st.lists(CIDRS, max_size=12))
def test_leaving_the_inner_ones_out_leaves_no_overlap_and_loses_no_address(all_networks):
    rest = list(all_networks)
    for inner, outer in networks.contained(all_networks):
        assert inner.subnet_of(outer)
        rest.remove(inner)
    assert list(networks.contained(rest)) == []
    assert sorted(ipaddress.collapse_addresses(rest)) == sorted(ipaddress.collapse_addresses(all_networks))


@given(CIDRS)
def test_what_passes_is_global_or_documentation(network):
    try:
        networks.parse(str(network))
    except networks.NotANetwork:
        return
    assert network.prefixlen >= 8
    documentation = any(
        network.overlaps(ipaddress.ip_network(text))
        for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
    )
    assert network.is_global or documentation or network.supernet_of(ipaddress.ip_network("192.0.2.0/24"))
