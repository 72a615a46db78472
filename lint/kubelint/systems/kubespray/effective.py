"""What a setting comes to for the whole cluster: as the inventory sets it, else kubespray's default.

Source of the defaults: ``roles/kubespray_defaults`` of the releases (see :mod:`kubelint_schemas.kubespray.settings`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kubelint.systems.kubespray.entities import Assignment
from kubelint.systems.kubespray.model import Inventory
from kubelint.systems.kubespray.values import Variable
from kubelint.systems.kubespray.variables import GROUP
from kubelint.tree.node import Node
from kubelint_schemas.kubespray.settings import Condition, settings

_WORDS = {"true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false"}


class Effective(NamedTuple):
    """A setting in effect: its value as text (``true`` and ``false`` for booleans) and what sets it.

    ``variable`` is None where nothing does and the value is kubespray's default.
    """

    name: str
    text: str
    variable: Variable | None

    @property
    def node(self) -> Node | None:
        """The value where the inventory sets it."""
        return None if self.variable is None else self.variable.value


def effective(inventory: Inventory, name: str) -> Effective | None:
    """Return what a setting comes to for every member of the cluster.

    None where that is not known: a template, a file that cannot be read, values that differ from host to host, a
    default that differs between the releases in question, a misspelt name.
    """
    variable = inventory.cluster_variables.get(name)
    everywhere = set(inventory.ancestors(inventory.cluster_groups))
    for assignment in inventory.assigned.get(name, ()):
        if assignment.kind != GROUP or assignment.target not in everywhere:
            return None
    if variable is not None:
        text = _text(variable)
        return None if text is None else Effective(name, text, variable)
    setting = settings().get(name)
    if inventory.variables_incomplete or inventory.incomplete or setting is None or name in inventory.meant:
        return None
    text = setting.default(inventory.releases.oldest, inventory.releases.newest)
    return None if text is None else Effective(name, text, None)


def holds(inventory: Inventory, condition: Condition) -> bool:
    """Tell whether all settings of a condition have one of the values that it asks for, for certain."""
    for name, values in condition.items():
        found = effective(inventory, name)
        if found is None or found.text not in values:
            return False
    return True


def known_assignments(inventory: Inventory, name: str) -> Iterator[Assignment]:
    """Yield the places that set a variable to a single value that is known."""
    return (item for item in inventory.assigned.get(name, ()) if item.variable.scalar is not None)


def is_waived(inventory: Inventory) -> bool:
    """Tell whether ``ignore_assert_errors`` keeps kubespray from stopping at most of its checks."""
    ignored = inventory.cluster_variables.get("ignore_assert_errors")
    return ignored is not None and ignored.true


def _text(variable: Variable) -> str | None:
    scalar = variable.scalar
    if scalar is None:
        return "" if variable.is_empty else None
    data = variable.data
    if isinstance(data, bool):
        return "true" if data else "false"
    text = str(data)
    return _WORDS.get(text.lower(), text)
