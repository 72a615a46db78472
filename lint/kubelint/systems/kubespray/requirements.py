"""Settings that need others to be set in a certain way, and where they are not.

Source: ``roles/validate_inventory``, the ``check.yml`` of the network plugins, the comments of ``inventory/sample``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kubelint.systems.kubespray.effective import Effective, effective
from kubelint.systems.kubespray.model import Inventory
from kubelint.tree.node import Node, Scalar
from kubelint_schemas.kubespray.settings import ANYTHING, Requirement, requirements, settings

_TRUTH = frozenset({"true", "false"})


class Unmet(NamedTuple):
    """A requirement that is not met: the settings that ask for it, the setting that differs (None: it is not set)."""

    requirement: Requirement
    asking: tuple[Effective, ...]
    wanted: str
    values: tuple[str, ...]
    found: Effective | None

    @property
    def node(self) -> Node:
        """Where to point: the value that differs, else the last of those that ask for another."""
        if self.found is not None and self.found.node is not None:
            return self.found.node
        return next(node for one in reversed(self.asking) if (node := one.node) is not None)


def unmet_requirements(inventory: Inventory) -> Iterator[Unmet]:
    """Yield the requirements that are not met for certain, and of whose settings the inventory sets one."""
    for requirement in requirements():
        if requirement.since is not None and inventory.releases.oldest < requirement.since:
            continue
        asking = tuple(_matching(inventory, requirement))
        if len(asking) < len(requirement.when):
            continue
        for name, values in requirement.then.items():
            found = effective(inventory, name)
            if found is None or found.text in values or not _is_possible(found, values):
                continue
            if any(one.node for one in (*asking, found)):
                yield Unmet(requirement, asking, name, values, found)
        if requirement.set and _none_set(inventory, requirement.set) and any(one.node for one in asking):
            yield Unmet(requirement, asking, requirement.set[0], (), None)


def _is_possible(found: Effective, wanted: tuple[str, ...]) -> bool:
    """Tell whether a value is one that the setting can have: another one is a mistake of its own."""
    if found.text not in _TRUTH and not _TRUTH.isdisjoint(wanted):
        return False
    setting = settings().get(found.name)
    return setting is None or setting.knows(found.text)


def _matching(inventory: Inventory, requirement: Requirement) -> Iterator[Effective]:
    for name, values in requirement.when.items():
        found = effective(inventory, name)
        if found is None or not (found.text in values or (values == (ANYTHING,) and found.text)):
            return
        yield found


def _none_set(inventory: Inventory, names: tuple[str, ...]) -> bool:
    """Tell whether no place sets one of the variables to anything."""
    if inventory.variables_incomplete or not inventory.known or not inventory.meant.isdisjoint(names):
        return False
    values = [item.variable.value for name in names for item in inventory.assigned.get(name, ())]
    return all(isinstance(value, Scalar) and (value.is_null or not value.text) for value in values)
