"""Who calls whom: what a repository says about calls, whoever says it.

Sources, the surest first: what a program gets as a variable or what its annotation declares (references ``calls``),
the workloads that ``sourceLabels`` of a route are about, the principals that an AuthorizationPolicy admits to a
workload, and the single hosts that a Sidecar of certain workloads lists. Only the first can say how long the program
waits.

Source: Istio reference, "VirtualService" (``sourceLabels``), "AuthorizationPolicy" (``Source.principals``), "Sidecar"
(``IstioEgressListener.hosts``); Istio documentation, "Resource Annotations" and "Resource Labels".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from kubelint.graph.model import Entity, Unit
from kubelint.graph.query import Graph, fits
from kubelint.systems.istio.hosts import resolve_host
from kubelint.systems.istio.mesh import mesh
from kubelint.systems.istio.model import AuthorizationPolicy, Sidecar, VirtualService
from kubelint.systems.istio.registry import registry
from kubelint.systems.istio.timeouts import Budget, RoutePolicy
from kubelint.systems.kubernetes.call_syntax import Call
from kubelint.systems.kubernetes.matching import SelectorMatch
from kubelint.systems.kubernetes.model import KubernetesObject, Service
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.selectors import equality_selector
from kubelint.tree.node import Mapping, Scalar

_INJECT = "sidecar.istio.io/inject"
_EXCLUDED = "traffic.sidecar.istio.io/excludeOutboundPorts"


@dataclass(eq=False)
class Edge:
    """A call: from a workload, or from a gateway (then ``caller`` is its VirtualService).

    ``call`` is what the caller declares itself; ``via`` says where the call is known from.
    """

    caller: KubernetesObject
    services: tuple[Service, ...]
    call: Call | None = None
    via: str = "gateway"

    @property
    def from_gateway(self) -> bool:
        """Whether a gateway calls."""
        return isinstance(self.caller, VirtualService)

    @property
    def own_timeout(self) -> int | None:
        """The caller's own limit for one attempt."""
        return None if self.call is None else self.call.timeout

    @property
    def own_attempts(self) -> int:
        """How often the caller itself tries."""
        return 1 if self.call is None else self.call.attempts

    @property
    def sequential(self) -> bool:
        """Whether the caller declares that the call waits for those before it."""
        return self.call is not None and self.call.sequential is True

    @cached_property
    def proxied(self) -> bool:
        """Whether a proxy of the mesh may carry the call; where nothing says that there is none, one does."""
        templates = list(self.caller.pod_templates())
        return not templates or any(self.bypass(template) is None for template in templates)

    def bypass(self, template: PodTemplate) -> tuple[Scalar, str] | None:
        """Return what keeps the proxy of the caller's pods away from the call, and in words why; None: nothing."""
        metadata = template.metadata
        if metadata is not None:
            for section in ("labels", "annotations"):
                node = metadata.scalar(section, _INJECT)
                if node is not None and node.text == "false":
                    return node, "no proxy is added to these pods"
            ports = metadata.scalar("annotations", _EXCLUDED)
            if ports is not None and not ports.opaque:
                listed = {part.strip() for part in ports.text.split(",")}
                numbers = {port.text_at("port") for service in self.services for port in service.ports}
                if listed & numbers and numbers <= listed | {None}:
                    return ports, "requests to these ports leave the pod directly"
        node = template.spec.scalar("hostNetwork")
        if node is not None and node.text == "true":
            return node, "no proxy is added to pods in the network of the node"
        return None

    def budget(self, policy: RoutePolicy | None) -> Budget:
        """Return what the call may take on a route; None where no route is known."""
        return Budget(self.own_timeout, self.own_attempts, 0 if self.call is None else self.call.pause, policy)


def workload_edges(graph: Graph) -> Iterator[Edge]:
    """Yield one edge for each caller and Service, however often and wherever it is said."""
    merged: dict[tuple[int, tuple[int, ...]], Edge] = {}
    for reference in graph.references:
        if reference.kind != "calls" or not isinstance(reference.source, KubernetesObject):
            continue
        services = _services(reference.targets)
        if services:
            call = reference.detail if isinstance(reference.detail, Call) else None
            edge = _merge(merged, reference.source, services, "" if call is None else call.via)
            if call is not None and (edge.call is None or call.budgeted):
                edge.call = call
    for caller, services, via in (*_by_source_labels(graph), *_by_principals(graph), *_by_sidecars(graph)):
        if services and caller not in set(_owners_behind(graph, services)):
            _merge(merged, caller, services, via)
    yield from merged.values()


def _merge(
    merged: dict[tuple[int, tuple[int, ...]], Edge],
    caller: KubernetesObject,
    services: tuple[Service, ...],
    via: str,
) -> Edge:
    key = (id(caller), tuple(id(service) for service in services))
    return merged.setdefault(key, Edge(caller, services, via=via))


def _services(entities: tuple[Entity, ...]) -> tuple[Service, ...]:
    return tuple(entity for entity in entities if isinstance(entity, Service))


def _owners_behind(graph: Graph, services: tuple[Service, ...]) -> Iterator[KubernetesObject]:
    for service in services:
        for reference in graph.outgoing(service, "selects"):
            if isinstance(reference.detail, SelectorMatch):
                for template in reference.detail.templates:
                    yield template.owner


class _Pods:
    """The pod templates of a unit by label and by ServiceAccount."""

    def __init__(self, unit: Unit) -> None:
        self.by_label: dict[tuple[str, str], list[PodTemplate]] = defaultdict(list)
        self.by_account: dict[str, list[PodTemplate]] = defaultdict(list)
        for resource in unit.resources:
            for template in resource.pod_templates() if isinstance(resource, KubernetesObject) else ():
                self.by_account[template.spec.text_at("serviceAccountName") or "default"].append(template)
                for key, value in template.labels.items():
                    self.by_label[key, value.text].append(template)


def _pods(graph: Graph, item: KubernetesObject) -> _Pods:
    """Return the pods that the labels of an object are about: those of its unit."""
    return graph.once(("istio pods of unit", id(item.unit)), lambda: _Pods(item.unit))


def _labelled(graph: Graph, item: KubernetesObject, labels: Mapping | None) -> list[KubernetesObject]:
    """Return the workloads of an object's unit and namespace that have labels; none where no label is given."""
    if labels is None or not len(labels):
        return []
    selector = equality_selector(labels)
    if selector.opaque:
        return []
    wanted = next(((key, value.text) for key, value, _ in selector.equalities()), None)
    found = {
        id(template.owner): template.owner
        for template in (_pods(graph, item).by_label.get(wanted, ()) if wanted is not None else ())
        if selector.matches(template.labels) and fits(template.owner.namespace, item.namespace)
    }
    return list(found.values())


_Said = Iterator[tuple[KubernetesObject, tuple[Service, ...], str]]


def _by_source_labels(graph: Graph) -> _Said:
    for service in graph.subjects(VirtualService):
        labelled = [
            labels
            for route in service.http
            for match in route.matches
            if (labels := match.mapping("sourceLabels")) is not None
        ]
        if not labelled:
            continue
        for reference in graph.outgoing(service, "routes-for"):
            targets = _services(reference.targets)
            for labels in labelled:
                for caller in _labelled(graph, service, labels):
                    yield caller, targets, "sourceLabels"


def _by_principals(graph: Graph) -> _Said:
    for policy in graph.subjects(AuthorizationPolicy):
        if (policy.root.text_at("spec", "action") or "ALLOW") != "ALLOW":
            continue
        callees = _labelled(graph, policy, policy.root.mapping("spec", "selector", "matchLabels"))
        if not callees:
            continue
        accounts = list(_accounts(policy))
        services = _services_of(graph, callees) if accounts else ()
        for namespace, name in accounts:
            for template in _pods(graph, policy).by_account.get(name, ()):
                if fits(template.owner.namespace, namespace):
                    for service in services:
                        yield template.owner, (service,), "AuthorizationPolicy"


def _accounts(policy: AuthorizationPolicy) -> Iterator[tuple[str, str]]:
    """Yield namespace and name of the ServiceAccounts that a policy admits: ``cluster.local/ns/shop/sa/frontend``."""
    for rule in policy.root.items_at("spec", "rules"):
        for source in rule.items_at("from"):
            for node in source.items_at("source", "principals"):
                parts = node.text.split("/") if isinstance(node, Scalar) and not node.opaque else []
                if len(parts) == 5 and parts[1] == "ns" and parts[3] == "sa" and "*" not in parts[2] + parts[4]:
                    yield parts[2], parts[4]
            for node in source.items_at("source", "serviceAccounts"):
                if isinstance(node, Scalar) and not node.opaque:
                    namespace, slash, name = node.text.rpartition("/")
                    yield (namespace if slash else policy.namespace), name


def _services_of(graph: Graph, workloads: list[KubernetesObject]) -> list[Service]:
    """Return the Services that select workloads."""
    found = {
        id(reference.source): reference.source
        for workload in workloads
        for reference in graph.incoming(workload, "selects")
    }
    return [source for source in found.values() if isinstance(source, Service)]


def _by_sidecars(graph: Graph) -> _Said:
    settings = mesh(graph)
    for sidecar in graph.subjects(Sidecar):
        callers = _labelled(graph, sidecar, sidecar.root.mapping("spec", "workloadSelector", "labels"))
        for listener in sidecar.root.items_at("spec", "egress") if callers else ():
            for node in listener.items_at("hosts"):
                if not isinstance(node, Scalar) or node.opaque or node.text.startswith("~"):
                    continue
                where, _, name = node.text.rpartition("/")
                if "*" in name:
                    continue
                namespace = sidecar.namespace if where in (".", "*", "") else where
                targets = _services(tuple(registry(graph).find(resolve_host(name, namespace, settings), sidecar.unit)))
                for caller in callers:
                    yield caller, targets, "Sidecar"
