"""What a partner's network may be: public, without host bits, not too wide.

The ranges are those of IANA's special-purpose registries (RFC 6890 and its updates).  The documentation
ranges (RFC 5737, RFC 3849) are let through although nobody can come from them: examples need them.
"""

import ipaddress
from collections.abc import Iterable, Iterator

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

WIDEST = {4: 8, 6: 16}
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_SPECIAL: tuple[tuple[Network, str], ...] = tuple(
    (ipaddress.ip_network(network), why)
    for network, why in {
        "0.0.0.0/8": "this network (RFC 791)",
        "10.0.0.0/8": "private (RFC 1918)",
        "100.64.0.0/10": "a carrier's shared space (RFC 6598)",
        "127.0.0.0/8": "loopback (RFC 1122)",
        "169.254.0.0/16": "link-local (RFC 3927)",
        "172.16.0.0/12": "private (RFC 1918)",
        "192.0.0.0/24": "protocol assignments (RFC 6890)",
        "192.168.0.0/16": "private (RFC 1918)",
        "198.18.0.0/15": "benchmarking (RFC 2544)",
        "224.0.0.0/4": "multicast (RFC 5771)",
        "240.0.0.0/4": "reserved (RFC 1112)",
        "::/127": "loopback (RFC 4291)",
        "::ffff:0:0/96": "IPv4 written as IPv6 (RFC 4291)",
        "64:ff9b::/96": "translated IPv4 (RFC 6052)",
        "2001::/32": "Teredo (RFC 4380)",
        "2002::/16": "6to4 (RFC 3056)",
        "fc00::/7": "private, unique local (RFC 4193)",
        "fe80::/10": "link-local (RFC 4291)",
        "ff00::/8": "multicast (RFC 4291)",
    }.items()
)


class NotANetwork(ValueError):
    """A text that may not stand for a partner's network: the problem's code and a hint, beside the message."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint


def parse(text: str) -> Network:
    """A network as it may stand in params; raises NotANetwork with the reason."""
    try:
        interface = ipaddress.ip_interface(text)
    except ValueError:
        raise NotANetwork("E222", f"{text} is not a network", "such as 203.0.113.0/24") from None
    network: Network = interface.network
    if "/" not in text:
        raise NotANetwork("E222", f"{text} has no prefix length", f"for one address: {network}")
    if interface.ip != network.network_address:
        raise NotANetwork("E223", f"{text} has host bits", f"did you mean {network}?")
    if network.prefixlen < WIDEST[network.version]:
        what = "the whole internet" if network.prefixlen == 0 else "too wide"
        hint = f"/{WIDEST[network.version]} is the widest; name the partner's own networks"
        raise NotANetwork("E224", f"{text} is {what}", hint)
    why = special(network)
    if why:
        raise NotANetwork(
            "E225", f"{text} is not public: {why}", "AWS sees the address behind the partner's NAT"
        )
    return network


def special(network: Network) -> str:
    """Why nobody comes from this network over the internet, or nothing."""
    for range_, why in _SPECIAL:
        if network.version == range_.version and network.overlaps(range_):
            return why
    if isinstance(network, ipaddress.IPv6Network) and not network.subnet_of(_GLOBAL_UNICAST):
        return "not global unicast (RFC 4291)"
    return ""


def contained(networks: Iterable[Network]) -> Iterator[tuple[Network, Network]]:
    """Pairs (inner, outer) of networks of which one lies within another, each inner once; equal ones too."""
    outer: Network | None = None
    for network in ordered(networks):
        if outer is not None and network.version == outer.version and network.overlaps(outer):
            yield network, outer
        else:
            outer = network


def ordered(networks: Iterable[Network]) -> list[Network]:
    """IPv4 before IPv6, then by address, wider before narrower."""
    return sorted(networks, key=lambda net: (net.version, int(net.network_address), net.prefixlen))
