"""Values that the API server refuses although the published schemas let them through.

What is known of fields is data (:mod:`kubelint_schemas.kubernetes.values`); here it is laid beside the values of an
object. Rules turn the faults of their family into findings.

Source: API reference of the fields (see the heads of ``enums.json`` and ``syntaxes.json``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from typing import NamedTuple

from kubelint.graph.query import Graph
from kubelint.source import Span
from kubelint.suggest import nearest
from kubelint.systems.kubernetes import names, networks
from kubelint.systems.kubernetes.cron import schedule_fault
from kubelint.systems.kubernetes.gateway_fields import PROTOCOLS, relative_paths, unknown_protocols
from kubelint.systems.kubernetes.image_syntax import image_fault
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.parts import Part, parts
from kubelint.systems.kubernetes.time_zones import zone_fault
from kubelint.systems.kubernetes.validation import parse_version, target
from kubelint.tree.dialect import GO_YAML_V2
from kubelint.tree.node import Mapping, Node, Scalar
from kubelint.words import cut, one_of
from kubelint_schemas.kubernetes.values import Enumeration, FieldFact, Range, field_facts


class Family(Enum):
    """Which rule speaks about a fault."""

    VALUE = "value"
    NAME = "name"
    LABEL = "label"
    SCHEDULE = "schedule"
    IMAGE = "image"


class ValueFault(NamedTuple):
    """A value that is refused. ``clause`` says what is wrong with it; ``must`` what it must be, where that is short.

    ``span`` is the very part to blame. ``candidates``: what was meant, nearest first; ``certain``: the first one is it.
    """

    family: Family
    part: Part
    field: str
    node: Scalar
    span: Span
    must: str
    clause: str
    candidates: tuple[str, ...] = ()
    certain: bool = False


#: What a ResourceQuota counts, beside names with a domain (`count/jobs.batch`, `requests.nvidia.com/gpu`).
_COUNTED = frozenset(
    {
        "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.ephemeral-storage",
        "requests.storage", "limits.cpu", "limits.memory", "limits.ephemeral-storage", "pods", "services",
        "services.nodeports", "services.loadbalancers", "replicationcontrollers", "resourcequotas", "secrets",
        "configmaps", "persistentvolumeclaims",
    }
)  # fmt: skip


def value_faults(graph: Graph, item: KubernetesObject, family: Family) -> Iterator[ValueFault]:
    """Yield the faults of one family in an object."""
    found: list[ValueFault] = graph.once(("value faults", id(item.root)), lambda: list(_faults(graph, item)))
    return (fault for fault in found if fault.family is family)


def _faults(graph: Graph, item: KubernetesObject) -> Iterator[ValueFault]:
    judges: dict[str, dict[str, list[_Judge]]] = graph.once("judges of values", lambda: _judges(graph))
    for definition, found in parts(graph, item).by_definition.items():
        fields = judges.get(definition)
        if fields is None:
            continue
        for part in found:
            for name, (_, value) in part.node.index.items():
                if name in fields:
                    for judge in fields[name]:
                        yield from judge.field(part, value)
    for container in parts(graph, item).of("core.Container"):
        yield from _thresholds(container)
    for quota in parts(graph, item).of("core.ResourceQuotaSpec"):
        yield from _quota_names(quota)
    for job in parts(graph, item).of("batch.JobSpec"):
        yield from _failing_containers(job)
    part = Part("", item.root, None, ())
    for protocol, meant in unknown_protocols(item):
        must = f"{one_of(list(PROTOCOLS))}, or have a domain"
        yield ValueFault(Family.VALUE, part, "protocol", protocol, protocol.span, must, f"must be {must}", meant)
    for path in relative_paths(item):
        yield ValueFault(Family.VALUE, part, "path", path, path.span, "", "must begin with `/`", (f"/{path.text}",))


def _failing_containers(job: Part) -> Iterator[ValueFault]:
    """Yield the names in the failure policy of a Job that none of its containers has."""
    template = job.node.at("template", "spec")
    if template is None:
        return
    containers = [*template.items_at("containers"), *template.items_at("initContainers")]
    nodes = [name for container in containers if (name := container.scalar("name")) is not None]
    known = [name.text for name in nodes]
    if len(known) < len(containers) or any(name.opaque for name in nodes):
        return
    for rule in job.node.items_at("podFailurePolicy", "rules"):
        name = rule.scalar("onExitCodes", "containerName")
        if name is not None and name.text and not name.opaque and name.text not in known:
            near = tuple(nearest(name.text, known))
            clause = "names no container of the pods"
            yield ValueFault(Family.VALUE, job, "containerName", name, name.span, one_of(known), clause, near)


def _quota_names(quota: Part) -> Iterator[ValueFault]:
    """Yield the names without a domain that are none of those that a quota can count."""
    for key, _ in quota.node.pairs_at("hard"):
        if "/" not in key.text and "hugepages-" not in key.text and key.text not in _COUNTED and not key.opaque:
            near = nearest(key.text, _COUNTED)
            clause = f"cannot count {key.text}"
            yield ValueFault(Family.VALUE, quota, "hard", key, key.span, "", clause, tuple(near))


def _thresholds(container: Part) -> Iterator[ValueFault]:
    """Yield the success thresholds of probes that act on the first success whatever is written."""
    for name in ("livenessProbe", "startupProbe"):
        node = container.node.scalar(name, "successThreshold")
        if node is not None and not node.opaque:
            fault = _out_of_range(container, "successThreshold", node, Range(0, 1))
            if fault is not None:
                yield fault._replace(must=f"1 in a {name}", clause=f"must be 1 in a {name}")


def _at_least(graph: Graph, version: tuple[int, int]) -> bool:
    wanted = parse_version(target(graph))
    return wanted is None or wanted >= version


def _judges(graph: Graph) -> dict[str, dict[str, list[_Judge]]]:
    """Return a judge for each fact: definition to field to those that speak about it."""
    relaxed = _at_least(graph, (1, 32))
    judges: dict[str, dict[str, list[_Judge]]] = {}
    for definition, facts in field_facts().items():
        fields = judges[definition] = {}
        for fact in facts:
            fields.setdefault(fact.name, []).append(_Judge(fact, relaxed=relaxed))
    return judges


class _Judge:
    """Lays one fact beside values, and remembers the good ones: manifests repeat words.

    Of the texts that it has let through, ``plain`` stood without quotes and a tag, ``other`` in quotes.
    """

    __slots__ = ("_by_key", "_keys_passed", "_other", "_plain", "fact", "relaxed")

    def __init__(self, fact: FieldFact, *, relaxed: bool) -> None:
        self.fact = fact
        self.relaxed = relaxed
        self._by_key = fact.syntax in ("labels", "annotations", "data-key")
        self._plain: set[str] = set()
        self._other: set[str] = set()
        self._keys_passed: set[str] = set()

    def field(self, part: Part, value: Node) -> Iterable[ValueFault]:
        """Return what is wrong with the value of the field, or with the items or keys of it."""
        if self._by_key:
            return self._keys(part, value) if isinstance(value, Mapping) else ()
        if isinstance(value, Scalar):
            return () if self._passed(value) else self._nodes(part, (value,))
        return self._nodes(part, value.items())

    def _passed(self, node: Scalar) -> bool:
        return node.tag is None and node.text in (self._plain if node.style is None else self._other)

    def _pass(self, node: Scalar) -> None:
        if node.tag is None:
            (self._plain if node.style is None else self._other).add(node.text)

    def _nodes(self, part: Part, nodes: Iterable[Node]) -> Iterator[ValueFault]:
        for node in nodes:
            if not isinstance(node, Scalar) or self._passed(node):
                continue
            fault = None if node.is_null or node.opaque else self._scalar(part, self.fact, node)
            if fault is None:
                self._pass(node)
            else:
                yield fault

    def _keys(self, part: Part, value: Mapping) -> Iterator[ValueFault]:
        fact, passed = self.fact, self._keys_passed
        labels = fact.syntax == "labels"
        for key, node in value.pairs():
            if key.text not in passed and not key.opaque:
                clause = _KEYS[fact.syntax or ""](key.text)
                if clause is None:
                    passed.add(key.text)
                else:
                    family = Family.NAME if fact.syntax == "data-key" else Family.LABEL
                    yield ValueFault(family, part, fact.name, key, key.span, "", f"the key `{cut(key.text)}` {clause}")
            if labels and isinstance(node, Scalar) and not self._passed(node):
                clause = names.label_value(node.text) if not node.opaque and _is_text(node) else None
                if clause is None:
                    self._pass(node)
                else:
                    yield ValueFault(
                        Family.LABEL, part, key.text, node, node.span, "", f"the value of `{cut(key.text)}` {clause}"
                    )

    def _scalar(self, part: Part, fact: FieldFact, node: Scalar) -> ValueFault | None:
        if fact.range is not None:
            return _out_of_range(part, fact.name, node, fact.range)
        if fact.syntax in _EITHER:
            return _EITHER[fact.syntax](part, fact.name, node)
        if not node.text or not _is_text(node):
            return None
        if fact.enumeration is not None:
            return _not_listed(part, fact.name, node, fact.enumeration)
        if fact.syntax == "schedule":
            fault = schedule_fault(node.text)
            if fault is None:
                return None
            span = node.part(fault.start, fault.end)
            return ValueFault(Family.SCHEDULE, part, fact.name, node, span, "", fault.clause)
        if fact.syntax == "env-name":
            clause = names.variable_name(node.text, relaxed=self.relaxed)
            return None if clause is None else ValueFault(Family.NAME, part, "env", node, node.span, "", clause)
        family, judge = _TEXTS[fact.syntax or ""]
        clause = judge(node.text)
        return None if clause is None else ValueFault(family, part, fact.name, node, node.span, "", clause)


def _is_text(node: Scalar) -> bool:
    """Tell whether the API server sees a text; for anything else the schema has its say."""
    return isinstance(node.value(GO_YAML_V2), str)


# -- what is listed and what is counted ----------------------------------------------------------------------------


def _not_listed(part: Part, name: str, node: Scalar, known: Enumeration) -> ValueFault | None:
    text = node.text
    if text in known.values or (known.open is not None and known.open in text):
        return None
    folded = [value for value in known.values if value.lower() == text.lower()]
    habits = {word.lower(): value for word, value in known.meant.items()}
    meant = folded or ([habits[text.lower()]] if text.lower() in habits else nearest(text, known.values))
    must = one_of(list(known.values))
    return ValueFault(
        Family.VALUE, part, name, node, node.span, must, f"must be {must}", tuple(meant), certain=bool(folded)
    )


def _out_of_range(part: Part, name: str, node: Scalar, bounds: Range) -> ValueFault | None:
    value = node.value(GO_YAML_V2)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    low, high = bounds.minimum, bounds.maximum
    if (low is None or value >= low) and (high is None or value <= high):
        return None
    if low is not None and high is not None:
        must = f"between {low} and {high}"
    else:
        must = f"at least {low}" if low is not None else f"at most {high}"
    return ValueFault(Family.VALUE, part, name, node, node.span, must, f"must be {must}")


# -- fields that take a number or a text -----------------------------------------------------------------------------

_PERCENT = re.compile(r"[0-9]{1,9}%\Z", re.ASCII)
_LAST_PORT = 65535


def _port_or_name(part: Part, name: str, node: Scalar) -> ValueFault | None:
    value = node.value(GO_YAML_V2)
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return _out_of_range(part, name, node, Range(1, _LAST_PORT))
    if not isinstance(value, str) or not value:
        return None
    if value.isascii() and value.isdigit():
        # Text of digits is looked up as a name, and a name needs a letter.
        return ValueFault(
            Family.VALUE, part, name, node, node.span, "a number without quotes", "is a text: a name needs a letter",
            (value,), certain=True,
        )  # fmt: skip
    clause = names.port_name(value)
    if clause is None:
        return None
    return ValueFault(Family.VALUE, part, name, node, node.span, "a number or the name of a port", clause)


def _count_or_percent(part: Part, name: str, node: Scalar, most: int | None = None) -> ValueFault | None:
    value = node.value(GO_YAML_V2)
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return _out_of_range(part, name, node, Range(0, None))
    if not isinstance(value, str) or not value:
        return None
    if not _PERCENT.match(value):
        number = value.isascii() and value.isdigit()
        must = "a number without quotes, or a share such as `25%`" if number else "a number or a share such as `25%`"
        return ValueFault(Family.VALUE, part, name, node, node.span, must, f"must be {must}")
    if most is not None and int(value[:-1]) > most:
        return ValueFault(Family.VALUE, part, name, node, node.span, f"at most {most}%", f"must be at most {most}%")
    return None


_EITHER: dict[str | None, Callable[[Part, str, Scalar], ValueFault | None]] = {
    "port-or-name": _port_or_name,
    "count-or-percent": _count_or_percent,
    "count-or-percent-to-100": lambda part, name, node: _count_or_percent(part, name, node, 100),
}

# -- texts -----------------------------------------------------------------------------------------------------------


def _ip(text: str) -> str | None:
    return None if networks.parse_ip(text) is not None else "must be an IP address"


def _cluster_ip(text: str) -> str | None:
    if text == "None" or networks.parse_ip(text) is not None:
        return None
    return "must be an IP address or `None`" + ("; write `None`" if text.lower() in ("none", "null") else "")


def _cidr(text: str) -> str | None:
    if networks.parse_cidr(text) is not None:
        return None
    if networks.parse_ip(text) is not None:
        return f"must be a CIDR block: `{text}/{128 if ':' in text else 32}` is this one address"
    return "must be a CIDR block such as `10.0.0.0/8`"


def _absolute(text: str) -> str | None:
    return None if text.startswith("/") else "must begin with `/`"


def _external_name(text: str) -> str | None:
    return names.dns_subdomain(text.removesuffix("."))


def _relative(text: str) -> str | None:
    if text.startswith("/"):
        return "must be a relative path"
    return "must not lead upwards with `..`" if ".." in text.split("/") else None


def _without_dots(text: str) -> str | None:
    return "must not lead upwards with `..`" if ".." in text.split("/") else None


_TEXTS: dict[str, tuple[Family, Callable[[str], str | None]]] = {
    "dns-label": (Family.NAME, names.dns_label),
    "dns-subdomain": (Family.NAME, names.dns_subdomain),
    "port-name": (Family.NAME, names.port_name),
    "label-key": (Family.LABEL, names.label_key),
    "label-value": (Family.LABEL, names.label_value),
    "image": (Family.IMAGE, image_fault),
    "time-zone": (Family.SCHEDULE, zone_fault),
    "ip": (Family.VALUE, _ip),
    "cluster-ip": (Family.VALUE, _cluster_ip),
    "cidr": (Family.VALUE, _cidr),
    "ingress-host": (Family.VALUE, networks.host_fault),
    "absolute-path": (Family.VALUE, _absolute),
    "external-name": (Family.NAME, _external_name),
    "relative-path": (Family.VALUE, _relative),
    "path-without-dots": (Family.VALUE, _without_dots),
}
_KEYS: dict[str, Callable[[str], str | None]] = {
    "labels": names.label_key,
    "annotations": names.annotation_key,
    "data-key": names.data_key,
}
