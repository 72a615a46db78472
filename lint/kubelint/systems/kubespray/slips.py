"""Labels of nodes that a pod asks for and that are slips of those that the inventory gives.

Nodes get labels from elsewhere, too, so a label that resembles none of the inventory's is nobody's business here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from kubelint.suggest import distance, nearest
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubespray.nodes import HOSTNAME, ClusterNode, tolerates, wanted_labels
from kubelint.tree.node import Node, Scalar

_FAR = 4


class LabelSlip(NamedTuple):
    """A part of a label that no node has: what was written, what was probably meant, and where a node gets that."""

    node: Scalar
    meant: str
    given: Node
    is_key: bool
    key: str


class TolerationSlip(NamedTuple):
    """The key of a toleration that no taint has, and the taint that was probably meant."""

    node: Scalar
    meant: str
    given: Scalar


def label_slips(template: PodTemplate, nodes: list[ClusterNode]) -> list[LabelSlip]:
    """Return the labels that a template requires and that are near misses of labels that nodes have."""
    given: dict[str, dict[str, Node]] = {HOSTNAME: {node.name: node.host.node for node in nodes}}
    for node in nodes:
        for name, label in node.labels.items():
            given.setdefault(name, {}).setdefault(label.text, label)
    found = []
    for key, values in wanted_labels(template):
        if key.opaque or any(value.opaque for value in values):
            continue
        known = given.get(key.text)
        if known is None:
            found += _key_slip(key, values, given)
        elif values and not any(value.text in known for value in values):
            near = _nearest_one(values[0].text, known) if len(values) == 1 else None
            if near is not None:
                found.append(LabelSlip(values[0], near, known[near], is_key=False, key=key.text))
    return found


def _nearest_one(name: str, known: Iterable[str]) -> str | None:
    """Return the near miss of a name that is nearer than any other; of `worker1` and `worker2` often only one is."""
    near = nearest(name, known, most=2)
    if len(near) == 2 and distance(name, near[0], _FAR) == distance(name, near[1], _FAR):
        return None
    return near[0] if near else None


def _key_slip(key: Scalar, values: tuple[Scalar, ...], given: dict[str, dict[str, Node]]) -> list[LabelSlip]:
    for near in nearest(key.text, given):
        known = given[near]
        value = next((value.text for value in values if value.text in known), None)
        if value is not None or not values:
            place = known[value] if value is not None else next(iter(known.values()))
            return [LabelSlip(key, near, place, is_key=True, key=near)]
    return []


def toleration_slips(template: PodTemplate, nodes: list[ClusterNode]) -> list[TolerationSlip]:
    """Return the tolerations whose key is a near miss of a taint that nothing else of the template tolerates."""
    taints = {taint.key: taint for node in nodes for taint in node.taints if taint.node is not None}
    found = []
    for toleration in template.spec.items_at("tolerations"):
        key = toleration.scalar("key")
        if key is None or key.opaque or key.text in taints:
            continue
        near = [name for name in nearest(key.text, taints) if not tolerates(template, taints[name])]
        if len(near) == 1 and (given := taints[near[0]].node) is not None:
            found.append(TolerationSlip(key, near[0], given))
    return found
