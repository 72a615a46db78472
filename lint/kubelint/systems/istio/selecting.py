"""What is wrong with the selectors of policies: nothing selected, ignored, several for one workload.

Source: Istio reference, "PeerAuthentication", "Sidecar", "Telemetry" (which object applies); Istio,
``pilot/pkg/model/authentication.go`` (policies with a selector in the root namespace).
"""

from __future__ import annotations

from kubelint.finding import Severity
from kubelint.graph.model import Resolution
from kubelint.graph.query import Graph
from kubelint.systems.istio.bindings import BINDS, Binding, attached, binding, labels_of
from kubelint.systems.istio.mesh import mesh
from kubelint.systems.istio.model import IstioObject, PeerAuthentication, Sidecar, Telemetry
from kubelint.systems.istio.remark import Remark, Remarks
from kubelint.systems.kubernetes.alternatives import together
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.scope import by_namespace
from kubelint.tree.node import Node

_ONE_APPLIES = (Sidecar, PeerAuthentication, Telemetry)


def selects_nothing(graph: Graph, item: IstioObject) -> Remarks:
    """Yield the label by which a selector misses all workloads."""
    for reference in graph.outgoing(item, BINDS):
        detail = reference.detail
        if not isinstance(detail, Binding):
            continue
        if reference.resolution is Resolution.MISSING:
            yield Remark(
                detail.selector.place, f"{item.kind} `{item.name}` selects no workload", "no pod has these labels"
            )
        if reference.resolution is not Resolution.NEAR_MISS or detail.requirement is None or detail.actual is None:
            continue
        requirement, actual = detail.requirement, detail.actual
        wanted = requirement.values[0]
        owner = reference.candidates[0]
        text = actual.text
        node: Node = requirement.key_node if detail.misspelt_key else wanted
        yield Remark(
            node,
            f"{item.kind} `{item.name}` selects no workload",
            f"no pod has the label `{requirement.key}: {wanted.text}`",
            f"write `{text}`",
            ((actual, f"{owner.key.kind} `{owner.name}` has this label"),),
            path=(item, owner),
            candidates=(text,),
        )


def ignored_in_root(graph: Graph, item: IstioObject) -> Remarks:
    """Yield the selector of an object in the root namespace that makes it apply to nothing elsewhere."""
    root = mesh(graph).root_namespace
    labels = labels_of(item)
    if (
        item.namespace != root
        or labels is None
        or not len(labels)
        or not isinstance(item, PeerAuthentication | Sidecar)
    ):
        return
    found = binding(graph, item)
    if found is not None and found.templates:
        return  # it is about a workload of that namespace itself
    spec = item.root.mapping("spec")
    key = None if spec is None else spec.key("selector") or spec.key("workloadSelector")
    yield Remark(
        key or labels,
        f"a selector does nothing in the root namespace `{root}`",
        "only objects without selector are for the whole mesh",
        "move it to the namespace of the workload, or remove the selector",
        () if item.namespace_node is None else ((item.namespace_node, "this is the root namespace"),),
    )


def several_defaults(graph: Graph, item: IstioObject) -> Remarks:
    """Yield the second object of a namespace that has no selector: only the oldest one counts."""
    if not isinstance(item, _ONE_APPLIES) or not _is_default(item):
        return
    for other in by_namespace(graph, type(item)).get(item.namespace, ()):
        if other is item:
            return
        if _is_default(other) and together(graph, other, item):
            yield Remark(
                item.name_node or item.node,
                f"namespace `{item.namespace or 'default'}` has two {item.kind} objects without selector",
                "one of the two is ignored",
                "join them, or give one of them a selector",
                ((other.name_node or other.node, "the other one"),),
                path=(other, item),
            )
            return


def _is_default(item: IstioObject) -> bool:
    labels = labels_of(item)
    return (labels is None or not len(labels)) and not attached(item)


def selected_twice(graph: Graph, item: IstioObject) -> Remarks:
    """Yield the second object that selects a workload of which only one applies."""
    own = binding(graph, item)
    if not isinstance(item, _ONE_APPLIES) or own is None or not own.templates:
        return
    mine = {id(template) for template in own.templates}
    rivals = {id(other): other for template in own.templates for other in _selecting(graph, type(item), template)}
    for other in rivals.values():
        if other is item:
            return
        found = binding(graph, other)
        if found is None or not together(graph, other, item):
            continue
        shared = next((template for template in found.templates if id(template) in mine), None)
        if shared is not None and not _complement(item, other):
            yield Remark(
                own.selector.place,
                f"{shared.owner.kind} `{shared.owner.name}` is selected by two {item.kind} objects",
                "one of the two is ignored",
                "join them, or let them select different workloads",
                ((found.selector.place, f"`{other.name}` selects it as well"), (shared.owner, "this workload")),
                severity=Severity.WARNING,
                path=(item, shared.owner),
            )
            return


def _selecting(graph: Graph, kind: type[IstioObject], template: PodTemplate) -> list[IstioObject]:
    """Return the objects of a kind that select a workload, in the order of the files."""

    def collect() -> dict[int, list[IstioObject]]:
        found: dict[int, list[IstioObject]] = {}
        for item in graph.subjects(kind):
            own = binding(graph, item)
            for selected in own.templates if own is not None else ():
                found.setdefault(id(selected), []).append(item)
        return found

    return graph.once(("istio objects by pods", kind), collect).get(id(template), [])


def _complement(one: IstioObject, other: IstioObject) -> bool:
    """Tell whether two Telemetries are about different things, so that both apply: one says nothing of the other's."""
    if not isinstance(one, Telemetry):
        return False
    sections = ("tracing", "metrics", "accessLogging")
    here, there = ({name for name in sections if item.root.at("spec", name) is not None} for item in (one, other))
    return not here & there
