"""A YAML inventory to declarations, as Ansible's ``yaml`` inventory plugin reads it."""

from __future__ import annotations

from kubelint.systems.kubespray.declared import EXPANSION_LIMIT, ChildEntry, Declarations, Header
from kubelint.systems.kubespray.values import Variable
from kubelint.tree.dialect import PYYAML
from kubelint.tree.node import Mapping, Node, Scalar, Sequence

HOSTS, CHILDREN, VARS = "hosts", "children", "vars"
#: Groups are nested as children of children; the YAML reader bounds the depth, this the breadth that aliases make.
_MOST_GROUPS = 20_000


def read_inventory(root: Mapping, most_hosts: int = EXPANSION_LIMIT) -> Declarations:
    """Return what the document declares; never raises. ``most_hosts`` is how many its ranges are expanded to."""
    reader = _Reader(most_hosts)
    for key, body in root.pairs():
        # At the top Ansible skips what is no group with a warning; among children the same drops the file.
        if isinstance(body, Mapping) or _is_null(body):
            reader.pending.append((key, body))
    # In the order of the text, so that a group's first header is the one that a reader sees first.
    reader.pending.reverse()
    while reader.pending:
        reader.group(*reader.pending.pop())
    return reader.declared


class _Reader:
    def __init__(self, most_hosts: int) -> None:
        self.declared = Declarations("yaml", remaining=most_hosts)
        self.pending: list[tuple[Scalar, Node]] = []
        self.seen = 0

    def group(self, key: Scalar, body: Node) -> None:
        """Read one group; its children are put on the list of what is still to be read."""
        declared = self.declared
        self.seen += 1
        if self.seen > _MOST_GROUPS or key.opaque:
            declared.incomplete = True
            return
        if not isinstance(key.value(PYYAML), str) or not key.text:
            message = f"`{key.text[:60]}` is no group name: YAML reads it as no string"
            declared.add_problem(message, key, "put it in quotes")
            return
        name = key.text
        declared.headers.append(Header(key, name, "group"))
        for field, value in body.pairs():
            if field.text == HOSTS:
                self._hosts(name, value)
            elif field.text == VARS:
                for variable, setting in self._entries(field.text, value):
                    declared.add_variable(name, Variable(variable, setting, PYYAML))
            elif field.text == CHILDREN:
                self._children(name, value)

    def _hosts(self, group: str, value: Node) -> None:
        for key, body in self._entries(HOSTS, value):
            declared = self.declared
            if not isinstance(key.value(PYYAML), str) and not key.opaque:
                message = f"`{key.text[:60]}` is no host name: YAML reads it as no string"
                declared.add_problem(message, key, "put it in quotes")
                declared.incomplete = True
                continue
            if not isinstance(body, Mapping) and not _is_null(body) and not _is_empty(body):
                message = f"the variables of host `{key.text[:60]}` must be a mapping"
                declared.add_problem(message, body, "write `name: value` below it")
            variables = tuple(Variable(name, setting, PYYAML) for name, setting in body.pairs())
            declared.add_host(key, group, variables, ini=False)

    def _children(self, parent: str, value: Node) -> None:
        children: list[tuple[Scalar, Node]] = []
        for key, body in self._entries(CHILDREN, value):
            if isinstance(body, Mapping) or _is_null(body):
                declares = isinstance(body, Mapping) and len(body) > 0
                self.declared.children.append(ChildEntry(key, parent, declares=declares))
                children.append((key, body))
            else:
                message = f"group `{key.text[:60]}` must be a mapping of `hosts`, `children` and `vars`"
                self.declared.add_problem(message, body, "leave it empty to name a group that is defined elsewhere")
                self.declared.incomplete = True
        self.pending.extend(reversed(children))

    def _entries(self, field: str, value: Node) -> list[tuple[Scalar, Node]]:
        """Return the entries of ``hosts``, ``children`` or ``vars``; a single string is one entry without a body."""
        if isinstance(value, Mapping):
            return list(value.pairs())
        if isinstance(value, Scalar):
            if value.is_null:
                return []
            if value.opaque:
                self.declared.incomplete = True
                return []
            if isinstance(value.value(PYYAML), str):
                return [(value, Scalar(value.source, value.end, value.end, ""))]
        self.declared.add_problem(f"`{field}` must be a mapping", value, _advice(field, value))
        self.declared.incomplete = True
        return []


def _advice(field: str, value: Node) -> str:
    if isinstance(value, Sequence) and field != VARS:
        return "write each name as a key: `node1:` instead of `- node1`"
    return "write `name: value` below it"


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.is_null


def _is_empty(node: Node) -> bool:
    return isinstance(node, Scalar) and not node.text
