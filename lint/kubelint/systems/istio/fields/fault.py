"""What a validator of fields says: a fault, the family that it belongs to, and how it looks at nodes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from kubelint.finding import Fix, Severity
from kubelint.suggest import did_you_mean, nearest
from kubelint.systems.istio.remark import meant_instead
from kubelint.tree.dialect import GO_YAML_V2
from kubelint.tree.node import Mapping, Node, Scalar, Sequence
from kubelint.words import joined, quoted


class Family(Enum):
    """What kind of statement a fault makes; each family is a rule that can be switched on its own."""

    VALUE = "a value that Istio refuses"
    MISSING = "a field that Istio asks for"
    EXCLUSIVE = "fields that exclude each other"
    DUPLICATE = "something that may be there only once"
    HOST = "a host name of a form that Istio refuses"
    MESH_WILDCARD = "a host that stands for all, where sidecars route"
    REGEX = "a regular expression that RE2 cannot read"
    HEADER = "a header that cannot be set here"
    POLICY = "a condition of a policy that Istio refuses"
    PATCH = "a patch of Envoy's configuration that is refused or ignored"
    WITHOUT_EFFECT = "a field that does nothing"
    DEPRECATED = "a field that is on its way out"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with an object by itself.

    ``node`` is the very scalar; ``headline``, ``label`` and ``help`` are the words of the finding; ``candidates`` are
    what may have been meant by a value. No other object leads to it, so that ``path`` and ``note`` are empty.
    """

    path: ClassVar[tuple[()]] = ()
    note: ClassVar[None] = None

    family: Family
    node: Node
    headline: str
    label: str
    help: str | None = None
    related: tuple[tuple[Node, str], ...] = ()
    severity: Severity = Severity.ERROR
    candidates: tuple[str, ...] = ()

    @property
    def fix(self) -> Fix | None:
        """The edit that puts the one candidate in the place of the value; None where there are none or several."""
        return meant_instead(self.node, self.candidates)


Faults = Iterator[Fault]


def known(node: Node | None) -> Scalar | None:
    """Return a scalar whose text is known: there is one, it is not empty and no placeholder."""
    return node if isinstance(node, Scalar) and not node.is_null and not node.opaque else None


def scalars(node: Node | None, *path: str) -> list[Scalar]:
    """Return the known scalars of the list at a path."""
    holder = None if node is None else node.at(*path)
    return [] if holder is None else [found for item in holder.items() if (found := known(item)) is not None]


def mappings(node: Node | None, *path: str) -> list[Mapping]:
    """Return the mappings of the list at a path."""
    return [] if node is None else [item for item in node.items_at(*path) if isinstance(item, Mapping)]


def has(node: Node, name: str) -> bool:
    """Tell whether a field is set to something, be it a placeholder: empty values count as absent."""
    value = node.get(name)
    if value is None:
        return False
    if isinstance(value, Scalar):
        return not value.is_null and value.text != ""
    return True


def filled(node: Node, name: str) -> bool:
    """Tell whether a field holds something: an empty list or mapping does not count."""
    value = node.get(name)
    return has(node, name) and not (isinstance(value, Sequence | Mapping) and not len(value))


def complete(node: Node) -> bool:
    """Tell whether all fields of a mapping are written down, so that one that is not there is missing."""
    if not isinstance(node, Mapping):
        return False
    return not any(key.opaque or (key.text == "<<" and isinstance(value, Scalar)) for key, value in node.entries)


def number(node: Node | None) -> int | float | None:
    """Return the number that a scalar is; None where it is none or only known later."""
    scalar = known(node)
    value = None if scalar is None else scalar.value(GO_YAML_V2)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def is_true(node: Node | None) -> bool:
    """Tell whether a scalar is the boolean true."""
    scalar = known(node)
    return scalar is not None and scalar.value(GO_YAML_V2) is True


def place(node: Node, fallback: Node | None = None) -> Node:
    """Return what to point at for a whole value: the key that it stands at, else its own first key."""
    if fallback is not None:
        return fallback
    if isinstance(node, Mapping) and node.entries:
        return node.entries[0][0]
    if isinstance(node, Sequence) and node.children:
        return place(node.children[0])
    return node


def field(node: Node, name: str) -> Node:
    """Return the key of a field, to point at."""
    return node.key(name) or place(node)


# -- the usual faults --------------------------------------------------------------------------------------------------


def wrong(node: Scalar, name: str, must: str, *, help: str | None = None, family: Family = Family.VALUE) -> Fault:  # noqa: A002
    """Return the fault of a value that is not what its field must be (``a port from 1 to 65535``)."""
    return Fault(family, node, f"{quoted(node.text)} is no value of `{name}`", f"this must be {must}", help)


def unknown(
    node: Scalar, noun: str, words: tuple[str, ...] | frozenset[str], family: Family = Family.VALUE, shown: int = 8
) -> Fault:
    """Return the fault of a word that is none of those that a field knows."""
    near = tuple(nearest(node.text, words)) or tuple(word for word in words if word.lower() == node.text.lower())
    listed = [f"`{word}`" for word in (sorted(words) if isinstance(words, frozenset) else words)]
    more = "" if len(listed) <= shown else " …"
    return Fault(
        family,
        node,
        f"{quoted(node.text)} is no {noun}",
        did_you_mean(list(near)) or f"Istio knows no such {noun}",
        f"write `{near[0]}`" if near else f"write {joined(listed[:shown], 'or')}{more}",
        candidates=near,
    )


def missing(node: Node, names: tuple[str, ...], owner: str, why: str, *, key: Node | None = None) -> Fault:
    """Return the fault of a mapping that lacks a field, or all of several fields of which it needs one."""
    shown = joined([f"`{name}`" for name in names], "or")
    return Fault(Family.MISSING, place(node, key), f"{owner} needs {shown}", why, f"add {shown}")


def exclusive(node: Node, one: str, other: str, why: str = "only one of the two may be set") -> Fault:
    """Return the fault of a mapping with two fields of which it may have only one."""
    return Fault(
        Family.EXCLUSIVE,
        field(node, other),
        f"`{one}` and `{other}` exclude each other",
        why,
        f"remove `{one}` or `{other}`",
        ((field(node, one), f"`{one}` is set here"),),
    )


def idle(node: Node, headline: str, label: str, help: str | None = None, related: Node | None = None) -> Fault:  # noqa: A002
    """Return the fault of a field that Istio accepts and ignores."""
    shown = () if related is None else ((related, "because of this"),)
    return Fault(Family.WITHOUT_EFFECT, node, headline, label, help, shown, Severity.WARNING)


def duplicates(nodes: list[Scalar], noun: str, why: str) -> Faults:
    """Yield a fault for each scalar whose text was there before."""
    seen: dict[str, Scalar] = {}
    for node in nodes:
        first = seen.setdefault(node.text, node)
        if first is not node:
            yield Fault(
                Family.DUPLICATE,
                node,
                f"the {noun} {quoted(node.text)} is there twice",
                why,
                "remove one of the two",
                ((first, "the first one"),),
            )


def port_range(node: Node | None, name: str, least: int = 1) -> Faults:
    """Yield the fault of a port that is out of range."""
    value = number(node)
    if value is not None and not least <= value <= 65_535 and isinstance(node, Scalar):
        yield wrong(node, name, f"a port from {least} to 65535")


def percentage(holder: Node | None, name: str = "percentage") -> Faults:
    """Yield the fault of a ``percentage`` that is no share: 0, or from 0.0001 to 100."""
    node = None if holder is None else known(holder.at(name, "value"))
    value = number(node)
    if node is not None and value is not None and value != 0 and not 0.0001 <= value <= 100:
        yield wrong(node, f"{name}.value", "a percentage from 0.0001 to 100, or 0")
