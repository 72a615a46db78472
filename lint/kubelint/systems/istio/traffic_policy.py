"""What a DestinationRule says of one subset and one port in effect.

An entry of ``portLevelSettings`` replaces connection pool, load balancer, outlier detection and TLS of its level
*completely*: a block that it leaves out falls back to the default. Then what the subset says replaces what the rule
says, whole block by whole block.

Source: Istio, ``pilot/pkg/networking/util/util.go`` (``MergeSubsetTrafficPolicy``, ``GetPortLevelTrafficPolicy``).
"""

from __future__ import annotations

from kubelint.systems.istio.model import DestinationRule
from kubelint.tree.node import Mapping, Node

BLOCKS = ("connectionPool", "loadBalancer", "outlierDetection", "tls")
_KEPT = ("retryBudget", "tunnel", "proxyProtocol")


def effective_policy(rule: DestinationRule, subset: Mapping | None = None, port: str | None = None) -> dict[str, Node]:
    """Return the blocks that are in effect for a subset (None: the whole host) at a port (None: none in particular)."""
    blocks = _level(rule.root.mapping("spec", "trafficPolicy"), port)
    if subset is None:
        return blocks
    policy = subset.mapping("trafficPolicy")
    if policy is None:
        return blocks
    own = _level(policy, port)
    if port is not None and port_entry(policy, port) is not None:
        blocks = {name: node for name, node in blocks.items() if name not in BLOCKS}
    return {**blocks, **own}


def _level(policy: Mapping | None, port: str | None) -> dict[str, Node]:
    if policy is None:
        return {}
    entry = None if port is None else port_entry(policy, port)
    source = policy if entry is None else entry
    found = {name: node for name in BLOCKS if (node := source.get(name)) is not None}
    found.update({name: node for name in _KEPT if (node := policy.get(name)) is not None})
    return found


def port_entry(policy: Mapping, port: str) -> Mapping | None:
    """Return the entry of ``portLevelSettings`` for a port; None where there is none."""
    for entry in policy.items_at("portLevelSettings"):
        if isinstance(entry, Mapping) and entry.text_at("port", "number") == port:
            return entry
    return None
