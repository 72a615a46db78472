"""Rules of a NetworkPolicy for a direction that it is not about.

Source: API reference, NetworkPolicySpec (`policyTypes`: what is assumed where it is not set).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kubelint.edits import append_item
from kubelint.source import TextEdit
from kubelint.systems.kubernetes.model import NetworkPolicy
from kubelint.systems.kubernetes.policy import EGRESS, INGRESS
from kubelint.tree.node import Scalar, Sequence


class IgnoredRules(NamedTuple):
    """The key of rules without effect, the direction that is missing in ``types``, and the edit that adds it."""

    type: str
    key: Scalar
    empty: bool
    types: Scalar | None
    edit: TextEdit | None


def ignored_rules(policy: NetworkPolicy) -> Iterator[IgnoredRules]:
    """Yield the directions that a policy has rules for and is not about."""
    spec = policy.root.mapping("spec")
    if spec is None:
        return
    listed = spec.at("policyTypes")
    types = [item for item in spec.items_at("policyTypes") if isinstance(item, Scalar)]
    if listed is not None and not isinstance(listed, Sequence):
        return
    if any(item.opaque or item.text not in (INGRESS, EGRESS) for item in types):
        return
    meant = {item.text for item in types}
    for field, direction in (("ingress", INGRESS), ("egress", EGRESS)):
        rules, key = spec.at(field), spec.key(field)
        if not isinstance(rules, Sequence) or key is None or direction in meant:
            continue
        empty = not rules.children
        if not types and (direction == INGRESS or not empty):
            continue  # assumed where nothing is said
        edit = append_item(types[-1], direction) if types else None
        yield IgnoredRules(direction, key, empty, spec.key("policyTypes") if types else None, edit)
