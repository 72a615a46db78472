"""Whether the name of an object is one that its kind may have.

Source: Kubernetes documentation, "Object Names and IDs", "CronJob" (at most 52 characters) and "Job" (at most 63).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from kubelint.graph.query import Graph
from kubelint.systems.kubernetes import names
from kubelint.systems.kubernetes.model import BUILTIN_GROUPS, ConfigurationFile, KubernetesObject
from kubelint.systems.kubernetes.validation import is_known, parse_version, target, target_is_set
from kubelint.tree.dialect import GO_YAML_V2
from kubelint.tree.node import Scalar
from kubelint_schemas.kubernetes.values import object_names

_LONGEST = {"CronJob": 52, "Job": 63}
#: From here on the name of a Service may begin with a digit (RelaxedServiceNameValidation).
_RELAXED_SERVICES = (1, 34)
_JUDGES: dict[str, Callable[[str], str | None]] = {
    "dns-label": names.dns_label,
    "dns-subdomain": names.dns_subdomain,
    "path-segment": names.path_segment,
}
_STRAY = re.compile(r"[^a-z0-9.]+", re.ASCII)


def name_fault(graph: Graph, item: KubernetesObject) -> tuple[Scalar, str] | None:
    """Return the node of an object's name and what is wrong with it, as a clause; None where it is right or unknown."""
    if isinstance(item, ConfigurationFile) or not (item.group in BUILTIN_GROUPS or is_known(graph, item)):
        return None
    node = item.root.scalar("metadata", "name")
    prefix = item.root.scalar("metadata", "generateName") if node is None else None
    written = node or prefix
    judge = _JUDGES.get(object_names().get((item.group, item.kind), "dns-subdomain"))
    if written is None or not written.text or judge is None or written.opaque:
        return None  # an empty name is a missing one
    if not isinstance(written.value(GO_YAML_V2), str):
        return None
    clause = judge(written.text) if prefix is None else names.generate_name(judge, written.text)
    if clause is None and item.group in BUILTIN_GROUPS:
        clause = _special(graph, item, written.text)
    return None if clause is None else (written, clause)


def _special(graph: Graph, item: KubernetesObject, text: str) -> str | None:
    most = _LONGEST.get(item.kind)
    if most is not None and len(text) > most:
        return f"has {len(text)} characters, {most} are allowed"
    if item.kind == "Service" and text[:1].isdigit() and target_is_set(graph):
        version = parse_version(target(graph))
        if version is not None and version < _RELAXED_SERVICES:
            return "begins with a digit"
    return None


def proper_name(text: str) -> str | None:
    """Return the nearest name that every kind may have; None where the text is too far from one."""
    found = _STRAY.sub("-", text.strip().lower()).strip("-.")[: names.LONGEST_LABEL].rstrip("-.")
    return found if found and names.dns_subdomain(found) is None else None
