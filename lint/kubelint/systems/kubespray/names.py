"""Names of variables and hosts: which of them are slips, and which Kubernetes refuses.

Source: kubespray's own variables (see ``variables.json``); Kubernetes documentation, "Object Names and IDs".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from kubelint.suggest import NameIndex
from kubelint.systems.kubespray.entities import Assignment
from kubelint.tree.node import Scalar
from kubelint_schemas.kubespray.settings import known_names

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MOST_NAMES = 5_000
#: Short names are like each other by chance.
_SHORTEST = 6
_NODE_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\Z")
_LONGEST_NODE_NAME = 253


def misspelt(names: Collection[str], assignments: Iterable[Assignment]) -> dict[str, list[str]]:
    """Return the names of variables that are slips of kubespray's own, each with those that may be meant.

    ``assignments`` are all of the inventory: what another variable uses in a template is somebody's own.
    """
    known = known_names()
    strange = [
        name for name in names if name not in known and len(name) >= _SHORTEST and not name.startswith("ansible_")
    ]
    if not strange or len(strange) > _MOST_NAMES:
        return {}
    index = NameIndex(known)
    slips = {name: near for name in strange if (near := index.nearest(name))}
    used = _used_in_templates(assignments) if slips else set()
    return {name: near for name, near in slips.items() if name not in used}


def _used_in_templates(assignments: Iterable[Assignment]) -> set[str]:
    """Return the words of all templates among the values."""
    words: set[str] = set()
    for assignment in assignments:
        for node in assignment.variable.value.walk():
            if isinstance(node, Scalar) and ("{{" in node.text or "{%" in node.text):
                words.update(_WORD.findall(node.text))
    return words


def is_node_name(name: str) -> bool:
    """Tell whether Kubernetes takes a host's name for a node: lower case letters, digits, dashes and dots."""
    return len(name) <= _LONGEST_NODE_NAME and _NODE_NAME.match(name) is not None
