"""``vars``: ``$(NAME)`` in certain fields replaced by the value of another field (``api/filters/refvar``)."""

from __future__ import annotations

import re
from typing import NamedTuple

from kubelint.systems.kustomize.build.edit import is_null, is_text, with_entries, with_items
from kubelint.systems.kustomize.build.error import BuildError
from kubelint.systems.kustomize.build.fieldpath import find, steps_of
from kubelint.systems.kustomize.build.fieldspec import Make, Table
from kubelint.systems.kustomize.build.identity import Gvk, Identity, effective, split_version, text
from kubelint.systems.kustomize.build.rendered import Collection
from kubelint.tree.dialect import GO_YAML_V3
from kubelint.tree.made import TEXT, MadeScalar
from kubelint.tree.node import Mapping, Node, Scalar, Sequence

_REFERENCE = re.compile(r"\$(?:\$|\(([^)]*)\))")
_POSITION = re.compile(r"(.*)\[(\d+)\]\Z")


class Variable(NamedTuple):
    """One entry of ``vars``."""

    node: Node

    @property
    def name(self) -> str:
        """What stands between the parentheses."""
        return text(self.node.get("name"))

    @property
    def gvk(self) -> Gvk:
        """The kind of the object that it reads."""
        reference = self.node.get("objref")
        if reference is None:
            return Gvk()
        group, version = text(reference.get("group")), text(reference.get("version"))
        api_version = text(reference.get("apiVersion"))
        if api_version:
            own_group, version = split_version(api_version)
            group = own_group or group
        return Gvk(group, version, text(reference.get("kind")))

    def selects(self, identity: Identity) -> bool:
        """Tell whether it reads the object of an identity; without a namespace it may be in any."""
        name, namespace = text(self.node.at("objref", "name")), text(self.node.at("objref", "namespace"))
        gvk = self.gvk
        if identity.name != name or identity.gvk != gvk:
            return False
        return not (namespace or gvk.cluster_scoped) or identity.namespace == effective(gvk, namespace)

    @property
    def path(self) -> list[str]:
        """The steps to the field that it reads."""
        steps: list[str] = []
        for step in steps_of(text(self.node.at("fieldref", "fieldPath")) or "metadata.name"):
            found = _POSITION.match(step)
            steps += [step] if found is None else [part for part in found.groups() if part]
        return steps


class Variables:
    """All vars of a build by their names, which must be unique in all of it."""

    def __init__(self) -> None:
        self.by_name: dict[str, Variable] = {}

    def add(self, nodes: list[Node], items: Collection) -> None:
        """Add the vars of one kustomization and note which objects they read."""
        for node in nodes:
            variable = Variable(node)
            found = items.matching(variable.selects)
            if len(found) > 1:
                raise BuildError(f"the var `{variable.name}` could read {len(found)} objects", node)
            for item in found:
                item.variables.append(variable.name)
        self.merge(Variables.of(nodes))

    @classmethod
    def of(cls, nodes: list[Node]) -> Variables:
        """Return the vars of a list."""
        found = cls()
        for node in nodes:
            one = cls()
            one.by_name[Variable(node).name] = Variable(node)
            found.merge(one)
        return found

    def merge(self, other: Variables) -> None:
        """Add the vars of another build; raises BuildError where a name is taken."""
        for name, variable in other.by_name.items():
            first = self.by_name.setdefault(name, variable)
            if first is not variable:
                message = f"there is a var `{name}` already"
                raise BuildError(message, variable.node, (first.node.span, "the other one"))

    def resolve(self, items: Collection, table: Table) -> None:
        """Replace all references; raises BuildError where a var reads nothing."""
        if not self.by_name:
            return
        values = {name: self._value(variable, items) for name, variable in sorted(self.by_name.items())}
        expansion = _Expansion(values)
        for item in items:
            item.root = table.apply(item.root, expansion.apply, Make.NOTHING, item.root)

    @staticmethod
    def _value(variable: Variable, items: Collection) -> Node:
        for item in items:
            if variable.name in item.variables:
                value = find(item.root, variable.path)
                if value is None:
                    message = f"{item.identity} has no field for the var `{variable.name}`"
                    raise BuildError(message, variable.node, (item.place.span, "what it reads"))
                return value
        raise BuildError(f"the var `{variable.name}` reads an object that is not in the build", variable.node)


class _Expansion:
    def __init__(self, values: dict[str, Node]) -> None:
        self.values = values

    def apply(self, node: Node) -> Node:
        """Replace the references in a scalar, in the values of a mapping, in the items of a list."""
        if is_null(node):
            return node
        if isinstance(node, Mapping):
            return with_entries(node, [(key, self._scalar(value)) for key, value in node.pairs()])
        if isinstance(node, Sequence):
            for item in node.children:
                if not is_text(item):
                    raise BuildError("vars are replaced in lists of strings only", item)
            return with_items(node, [self._scalar(item) for item in node.children])
        return self._scalar(node)

    def _scalar(self, node: Node) -> Node:
        if not isinstance(node, Scalar) or not is_text(node) or "$" not in node.text:
            return node
        whole = _REFERENCE.fullmatch(node.text)
        if whole is not None and whole[1] is not None:
            value = self.values.get(whole[1])
            if isinstance(value, Scalar) and not value.is_null:
                tag = TEXT if is_text(value) else None
                return MadeScalar(node, value.text, by=value, replaced=node, tag=tag)
            return node
        expanded = _REFERENCE.sub(self._replaced, node.text)
        return node if expanded == node.text else MadeScalar(node, expanded, by=node, replaced=node)

    def _replaced(self, found: re.Match[str]) -> str:
        if found[1] is None:
            return "$"
        value = self.values.get(found[1])
        if not isinstance(value, Scalar) or value.is_null:
            return found[0]
        plain = value.value(GO_YAML_V3)
        return str(plain).lower() if isinstance(plain, bool) else value.text
