"""DestinationRules that a client does not get, or that are merged away.

The namespace of the client is looked at first, then that of the Service, then the root namespace; a rule elsewhere is
used by nobody else. Source: Istio, ``pilot/pkg/model/push_context.go`` (``destinationRule``).
"""

from __future__ import annotations

from kubelint.finding import Severity
from kubelint.graph.model import Resolution
from kubelint.graph.query import Graph
from kubelint.systems.istio.hosts import Host, exported_to, resolve_host
from kubelint.systems.istio.links import SubsetUse
from kubelint.systems.istio.mesh import mesh
from kubelint.systems.istio.model import MESH, DestinationRule, Subset, VirtualService
from kubelint.systems.istio.remark import Remark, Remarks
from kubelint.systems.kubernetes.alternatives import together
from kubelint.systems.kubernetes.scope import units_together
from kubelint.tree.node import Mapping


def out_of_reach(graph: Graph, service: VirtualService) -> Remarks:
    """Yield the subsets that only rules define which clients of this namespace do not get."""
    root = mesh(graph).root_namespace
    for reference in graph.outgoing(service, "uses-subset"):
        use = reference.detail
        if reference.resolution is not Resolution.RESOLVED or not isinstance(use, SubsetUse):
            continue
        subsets = [target for target in reference.targets if isinstance(target, Subset)]
        reached = {service.namespace, use.host.namespace, root}
        if not subsets or not service.namespace or use.host.namespace == "":
            continue
        if any(not s.rule.namespace or _gets(s.rule, service.namespace, reached) for s in subsets):
            continue
        rule = subsets[0].rule
        if not units_together(graph, rule.unit, service.unit):
            continue
        hidden = rule.namespace in reached
        yield Remark(
            reference.node,
            f"the rule that defines subset `{subsets[0].short_name}` is not used from here",
            "requests that come here get 503",
            f"export the rule to `{service.namespace}`" if hidden else
            f"move the rule to namespace `{use.host.namespace or service.namespace}`",
            ((subsets[0], f"defined in namespace `{rule.namespace}`"),),
            path=(service, rule),
            note="rules are looked up in the namespaces of the client, of the Service and of the mesh's root",
        )  # fmt: skip


def _gets(rule: DestinationRule, namespace: str, reached: set[str | None]) -> bool:
    return rule.namespace in reached and exported_to(rule, namespace)


def overlapping(graph: Graph, rule: DestinationRule) -> Remarks:
    """Yield the subset or the policy that an earlier rule for the same host in the same namespace has as well."""
    if rule.host is None or rule.host.opaque or rule.root.at("spec", "workloadSelector") is not None:
        return
    own = resolve_host(rule.host.text, rule.namespace, mesh(graph))
    for other in _same_name(graph).get((rule.namespace, own), ()):
        if other is rule:
            return
        if other.key == rule.key or not together(graph, other, rule):
            continue
        for name, subset in rule.subsets.items():
            if name in other.subsets:
                yield Remark(
                    subset.node,
                    f"another rule for `{rule.host.text}` defines subset `{name}` already",
                    "this definition is ignored",
                    "remove one of the two",
                    ((other.subsets[name], f"DestinationRule `{other.name}` defines it"),),
                    path=(other, rule),
                )
        mine, theirs = rule.root.at("spec", "trafficPolicy"), other.root.at("spec", "trafficPolicy")
        spec, there = rule.root.mapping("spec"), other.root.mapping("spec")
        if isinstance(mine, Mapping) and isinstance(theirs, Mapping) and spec is not None and there is not None:
            yield Remark(
                spec.key("trafficPolicy") or mine,
                f"another rule for `{rule.host.text}` has a `trafficPolicy` already",
                "one of the two is ignored",
                "join the two rules",
                ((there.key("trafficPolicy") or theirs, f"that of DestinationRule `{other.name}`"),),
                path=(other, rule),
            )
        return


def _same_name(graph: Graph) -> dict[tuple[object, ...], list[DestinationRule]]:
    def collect() -> dict[tuple[object, ...], list[DestinationRule]]:
        found: dict[tuple[object, ...], list[DestinationRule]] = {}
        for rule in graph.subjects(DestinationRule):
            if rule.host is not None and rule.root.at("spec", "workloadSelector") is None:
                host = resolve_host(rule.host.text, rule.namespace, mesh(graph))
                found.setdefault((rule.namespace, host), []).append(rule)
        return found

    return graph.once("istio rules by host", collect)


def unused_policies(graph: Graph, rule: DestinationRule) -> Remarks:
    """Yield the subsets with a policy that no route leads to, although routes lead to other subsets of the rule."""
    if rule.unit.incomplete or not any(graph.incoming(subset, "uses-subset") for subset in rule.subsets.values()):
        return
    for subset in rule.subsets.values():
        policy = subset.root.key("trafficPolicy")
        if policy is not None and not graph.incoming(subset, "uses-subset"):
            yield Remark(
                policy,
                f"the policy of subset `{subset.short_name}` is never used",
                "no route leads to this subset",
                "route to the subset, or remove the policy",
                ((subset, "the subset"),),
            )


def empty_subsets(rule: DestinationRule) -> Remarks:
    """Yield the subsets that are no part of the host: they have neither labels nor a policy."""
    for name, node in rule.subset_nodes():
        labels = node.mapping("labels")
        if (labels is None or not len(labels)) and node.at("trafficPolicy") is None and node.at("labels", "<<") is None:
            yield Remark(
                name,
                f"subset `{name.text}` is the whole host",
                "it has neither labels nor a policy",
                "add `labels`",
                severity=Severity.WARNING,
            )


def _sent_by_gateways(graph: Graph) -> frozenset[Host]:
    """Return the hosts that routes of gateways lead to."""

    def collect() -> frozenset[Host]:
        return frozenset(
            resolve_host(destination.host.text, service.namespace, mesh(graph))
            for service in graph.subjects(VirtualService)
            if any(gateway.text != MESH for gateway in service.gateway_names())
            for destination in service.destinations()
            if destination.host is not None
        )

    return graph.once("istio hosts behind gateways", collect)


def ignored_credentials(graph: Graph, rule: DestinationRule) -> Remarks:
    """Yield the credentials that sidecars cannot use: only gateways read them, and rules with a selector."""
    if rule.root.mapping("spec", "workloadSelector") is not None or rule.host is None:
        return
    if resolve_host(rule.host.text, rule.namespace, mesh(graph)) in _sent_by_gateways(graph) or "*" in rule.host.text:
        return
    for holder in (rule.root.mapping("spec"), *rule.root.items_at("spec", "subsets")):
        policy = None if holder is None else holder.mapping("trafficPolicy")
        for entry in (policy, *(policy.items_at("portLevelSettings") if policy is not None else ())):
            tls = None if entry is None else entry.mapping("tls")
            node = None if tls is None else tls.scalar("credentialName")
            if node is not None and not node.opaque and tls is not None and tls.text_at("mode") in ("SIMPLE", "MUTUAL"):
                yield Remark(
                    node,
                    f"sidecars cannot read the credential `{node.text}`",
                    "without `workloadSelector` only gateways use it",
                    "add a `workloadSelector`, or send the requests through an egress gateway",
                )
