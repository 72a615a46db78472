"""Mutual TLS at a workload: which mode is in effect, who contradicts it, who cannot speak it.

The policy that selects the workload counts, else that of the namespace, else that of the root namespace; ``UNSET``
inherits. Ports of ``portLevelMtls`` are those of the pods. Without any policy plain traffic is taken as well.

Source: Istio reference, "PeerAuthentication"; Istio, ``pilot/pkg/security/authn/policy_applier.go``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kubelint.graph.query import Graph
from kubelint.systems.istio.bindings import binding, workload_selector
from kubelint.systems.istio.mesh import automatic_mutual_tls, mesh
from kubelint.systems.istio.model import AuthorizationPolicy, DestinationRule, PeerAuthentication
from kubelint.systems.istio.remark import Remark, Remarks
from kubelint.systems.istio.subsets import service_pods
from kubelint.systems.istio.traffic_policy import effective_policy
from kubelint.systems.kubernetes.alternatives import together
from kubelint.systems.kubernetes.model import KubernetesObject, Namespace, Service
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.scope import by_namespace, units_together
from kubelint.tree.node import Node, Scalar

STRICT, DISABLE = "STRICT", "DISABLE"
_PLAIN = ("DISABLE", "SIMPLE", "MUTUAL")
_INJECT = "sidecar.istio.io/inject"


class Mode(NamedTuple):
    """A mode of mutual TLS, and where it is said."""

    name: str
    node: Node
    policy: PeerAuthentication


def _modes(policy: PeerAuthentication, port: str | None) -> Iterator[Mode]:
    nodes = [policy.root.scalar("spec", "portLevelMtls", port, "mode")] if port is not None else []
    nodes.append(policy.root.scalar("spec", "mtls", "mode"))
    for node in nodes:
        if node is not None and node.text != "UNSET":
            yield Mode(node.text, node, policy)


def effective_mode(graph: Graph, template: PodTemplate, port: str | None = None) -> Mode | None:
    """Return the mode in effect at a port of a workload; None where no policy of the repository surely says one."""
    owner = template.owner
    levels: list[list[PeerAuthentication]] = [[], [], []]
    known = by_namespace(graph, PeerAuthentication)
    root = mesh(graph).root_namespace
    for policy in (*known.get(owner.namespace, ()), *(known.get(root, ()) if root != owner.namespace else ())):
        if not _applies_together(graph, policy, owner):
            continue
        if workload_selector(policy) is not None:
            found = binding(graph, policy)
            if found is not None and any(other is template for other in found.templates):
                levels[0].append(policy)
        elif policy.namespace == owner.namespace:
            levels[1].append(policy)
        elif policy.namespace == root:
            levels[2].append(policy)
    for level in levels:
        modes = [next(_modes(policy, port), None) for policy in level]
        said = [mode for mode in modes if mode is not None]
        if len({mode.name for mode in said}) > 1 or any(isinstance(m.node, Scalar) and m.node.opaque for m in said):
            return None
        if said:
            return said[0]
    return None


def _applies_together(graph: Graph, policy: PeerAuthentication, owner: KubernetesObject) -> bool:
    if policy.unit is owner.unit:
        return together(graph, policy, owner)
    return bool(policy.namespace and owner.namespace) and units_together(graph, policy.unit, owner.unit)


def contradicting_rules(graph: Graph, rule: DestinationRule) -> Remarks:
    """Yield the TLS settings of clients that the policy of the host's workloads refuses."""
    services = [
        target
        for reference in graph.outgoing(rule, "applies-to")
        for target in reference.targets
        if isinstance(target, Service) and _same_cluster(graph, rule, target)
    ]
    for service in services:
        for number, target in _ports(service):
            policy = effective_policy(rule, None, number)
            tls = policy.get("tls")
            node = None if tls is None else tls.scalar("mode")
            if node is None or node.opaque:
                continue
            for template in service_pods(graph, [service]):
                mode = effective_mode(graph, template, _container_port(template, target))
                if mode is None or not _clash(node.text, mode.name):
                    continue
                strict = mode.name == STRICT
                yield Remark(
                    node,
                    f"mode `{node.text}` cannot reach `{service.name}`, which "
                    + ("takes mutual TLS only" if strict else "takes plain requests only"),
                    "connections to the host are refused",
                    "write `ISTIO_MUTUAL`, or leave `tls` out" if strict else "write `DISABLE`, or leave `tls` out",
                    ((mode.node, f"PeerAuthentication `{mode.policy.name}` says so"),),
                    path=(rule, service, mode.policy),
                )
                return


def _same_cluster(graph: Graph, rule: DestinationRule, service: Service) -> bool:
    return (
        together(graph, rule, service) if rule.unit is service.unit else units_together(graph, rule.unit, service.unit)
    )


def _clash(client: str, server: str) -> bool:
    return (server == STRICT and client in _PLAIN) or (server == DISABLE and client == "ISTIO_MUTUAL")


def _ports(service: Service) -> Iterator[tuple[str, Scalar]]:
    for port in service.ports:
        number, target = port.scalar("port"), port.scalar("targetPort")
        if number is not None and not number.opaque:
            yield number.text, target or number


def _container_port(template: PodTemplate, target: Scalar) -> str:
    if target.text.isdigit():
        return target.text
    for port in template.ports:
        if port.name is not None and port.name.text == target.text and port.number is not None:
            return port.number.text
    return target.text


def not_injected(graph: Graph, template: PodTemplate) -> Node | None:
    """Return what keeps a sidecar out of the pods of a template; None where nothing surely does."""
    for section in ("labels", "annotations"):
        node = None if template.metadata is None else template.metadata.scalar(section, _INJECT)
        if node is not None:
            return node if node.text == "false" else None
    if template.host_network:
        return template.spec.key("hostNetwork")
    for namespace in graph.subjects(Namespace):
        if namespace.name == template.owner.namespace and _same(graph, namespace, template.owner):
            label = namespace.labels.get("istio-injection")
            if label is not None and label.text == "disabled":
                return label
    return None


def _same(graph: Graph, one: KubernetesObject, other: KubernetesObject) -> bool:
    return one.unit is other.unit or units_together(graph, one.unit, other.unit)


def plain_callers(graph: Graph, caller: KubernetesObject) -> Remarks:
    """Yield the calls of a workload without sidecar to one that takes mutual TLS only."""
    templates = list(caller.pod_templates())
    if not templates:
        return
    cause = not_injected(graph, templates[0])
    if cause is None:
        return
    for reference in graph.outgoing(caller, "calls"):
        for service in reference.targets:
            if not isinstance(service, Service) or not _same(graph, caller, service):
                continue
            for template in service_pods(graph, [service]):
                ports = [_container_port(template, target) for _, target in _ports(service)]
                modes = [effective_mode(graph, template, port) for port in ports]
                found = [mode for mode in modes if mode is not None]
                if not found or len(found) != len(modes) or any(mode.name != STRICT for mode in found):
                    continue
                yield Remark(
                    reference.node,
                    f"{caller.kind} `{caller.name}` has no sidecar, and `{service.name}` takes mutual TLS only",
                    "this call is refused",
                    "let the caller have a sidecar, or take plain requests with `PERMISSIVE`",
                    (
                        (cause, "no sidecar because of this"),
                        (found[0].node, f"PeerAuthentication `{found[0].policy.name}` asks for it"),
                    ),
                    path=(caller, service, found[0].policy),
                )
                break


def strict_without_clients(graph: Graph, policy: PeerAuthentication) -> Remarks:
    """Yield the policy that asks for mutual TLS where no sidecar speaks it by itself and no rule tells it to."""
    mode = policy.root.scalar("spec", "mtls", "mode")
    if mode is None or mode.text != STRICT or policy.unit.incomplete or automatic_mutual_tls(graph):
        return
    for rule in graph.subjects(DestinationRule):
        speaks = any(node.text_at("tls", "mode") == "ISTIO_MUTUAL" for node in _policies(rule))
        host = "" if rule.host is None else rule.host.text
        if speaks and ("*" in host or policy.namespace in ("", rule.namespace) or f".{policy.namespace}." in host):
            return
    yield Remark(
        mode,
        "mutual TLS is asked for, and no client is told to speak it",
        "plain requests are refused, and sidecars send nothing else by themselves",
        "add a DestinationRule with `tls.mode: ISTIO_MUTUAL`, or switch `enableAutoMtls` on",
    )


def _policies(rule: DestinationRule) -> Iterator[Node]:
    for holder in (rule.root.at("spec"), *rule.root.items_at("spec", "subsets")):
        policy = None if holder is None else holder.at("trafficPolicy")
        if policy is not None:
            yield policy
            yield from policy.items_at("portLevelSettings")


_IDENTITIES = ("principals", "notPrincipals", "namespaces", "notNamespaces", "serviceAccounts", "trustDomains")


def unknown_identities(graph: Graph, policy: AuthorizationPolicy) -> Remarks:
    """Yield the identities that a policy compares with although mutual TLS is off: nobody has one then."""
    found = binding(graph, policy)
    for template in found.templates if found is not None else ():
        mode = effective_mode(graph, template)
        if mode is None or mode.name != DISABLE:
            continue
        for rule in policy.root.items_at("spec", "rules"):
            for entry in rule.items_at("from"):
                source = entry.mapping("source")
                key = None if source is None else next((k for n in _IDENTITIES if (k := source.key(n))), None)
                if key is not None:
                    yield Remark(
                        key,
                        f"`{key.text}` is never known at {template.owner.kind} `{template.owner.name}`",
                        "callers show who they are with mutual TLS only",
                        "switch mutual TLS on for the workload",
                        ((mode.node, f"PeerAuthentication `{mode.policy.name}` switches it off"),),
                        path=(policy, template.owner, mode.policy),
                    )
                    return
