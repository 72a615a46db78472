"""AuthorizationPolicies in the light of the workloads, Services, accounts and tokens that they are about.

Source: Istio reference, "Authorization Policy" and "Authorization Policy Conditions"; Istio documentation,
"Authorization" (policies for TCP: HTTP attributes never match in ALLOW and always in DENY).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kubelint.graph.model import Entity, Key
from kubelint.graph.query import Graph, fits
from kubelint.suggest import nearest
from kubelint.systems.istio.bindings import attached, binding
from kubelint.systems.istio.fields.authorization import only_http
from kubelint.systems.istio.model import AuthorizationPolicy, IstioObject, PeerAuthentication
from kubelint.systems.istio.protocols import HTTP, UNKNOWN, Port, ports_of
from kubelint.systems.istio.remark import Remark, Remarks
from kubelint.systems.kubernetes.accounts import account_name
from kubelint.systems.kubernetes.matching import SelectorMatch
from kubelint.systems.kubernetes.model import KubernetesObject, Namespace, Service, ServiceAccount
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.tree.node import Mapping, Node, Scalar


def services_of(graph: Graph, templates: Iterable[PodTemplate]) -> list[Service]:
    """Return the Services that select any of some pods."""

    def collect() -> dict[int, list[Service]]:
        found: dict[int, list[Service]] = {}
        for service in graph.subjects(Service):
            for reference in graph.outgoing(service, "selects"):
                if isinstance(reference.detail, SelectorMatch):
                    for template in reference.detail.templates:
                        found.setdefault(id(template), []).append(service)
        return found

    index = graph.once("istio services by pods", collect)
    services = {id(service): service for template in templates for service in index.get(id(template), ())}
    return list(services.values())


def rules_of(policy: AuthorizationPolicy) -> list[Mapping]:
    """Return the rules of a policy."""
    return [rule for rule in policy.root.items_at("spec", "rules") if isinstance(rule, Mapping)]


# -- ports -------------------------------------------------------------------------------------------------------------


def service_ports(graph: Graph, policy: IstioObject) -> Remarks:
    """Yield the ports of a policy that are those of a Service, where the pods listen on another one."""
    found = binding(graph, policy)
    if found is None or not found.templates:
        return
    numbers = {port.number.text for t in found.templates for port in t.ports if port.number is not None}
    if not numbers or any(not list(template.ports) for template in found.templates):
        return
    services = services_of(graph, list(found.templates))
    for node in _policy_ports(policy):
        if node.opaque or node.text in numbers:
            continue
        for service in services:
            port = next((port for port in service.ports if port.text_at("port") == node.text), None)
            target = None if port is None else port.scalar("targetPort")
            if port is None or target is None or target.text == node.text or target.opaque:
                continue
            number = _resolve(found.templates, target)
            yield Remark(
                node,
                f"`{node.text}` is a port of Service `{service.name}`, not of its pods",
                "policies look at the port that the pod listens on",
                f"write `{number}`" if number else "write the port of the container",
                ((port.scalar("port") or port, "the port of the Service"), (target, "the port of the pods")),
                path=(policy, service),
                candidates=(number,) if number else (),
            )
            break


def _policy_ports(policy: IstioObject) -> Iterator[Scalar]:
    if isinstance(policy, PeerAuthentication):
        yield from (key for key, _ in policy.root.pairs_at("spec", "portLevelMtls"))
    elif isinstance(policy, AuthorizationPolicy):
        for rule in rules_of(policy):
            for entry in rule.items_at("to"):
                for name in ("ports", "notPorts"):
                    yield from (node for node in entry.items_at("operation", name) if isinstance(node, Scalar))


def _resolve(templates: tuple[PodTemplate, ...], target: Scalar) -> str | None:
    if target.text.isdigit():
        return target.text
    for template in templates:
        for port in template.ports:
            if port.name is not None and port.name.text == target.text and port.number is not None:
                return port.number.text
    return None


def on_raw_ports(graph: Graph, policy: AuthorizationPolicy) -> Remarks:
    """Yield the rules that look at requests of HTTP, where the workload has a port that speaks something else."""
    action = policy.root.text_at("spec", "action") or "ALLOW"
    found = binding(graph, policy)
    if found is None or not found.templates or attached(policy) or action not in ("ALLOW", "DENY"):
        return
    ports = list(ports_of(services_of(graph, list(found.templates))))
    raw = [port for port in ports if port.protocol not in HTTP and port.protocol != UNKNOWN]
    if not raw or (action == "ALLOW" and len(raw) != len(ports)):
        return
    for rule in rules_of(policy):
        node = only_http(rule)
        if node is not None:
            yield _raw(policy, action, node, raw[0])


def _raw(policy: AuthorizationPolicy, action: str, node: Node, port: Port) -> Remark:
    shown = f"`{port.protocol}` port `{port.number.text}`"
    text = node.text if isinstance(node, Scalar) else "this"
    if action == "DENY":
        headline, label = (
            f"the rule denies all traffic to the {shown}",
            f"`{text}` is not known there, and counts as met",
        )
        advice = "add `ports` to the operation"
    else:
        headline, label = (
            f"the rule never allows anything: the workload has the {shown}",
            f"`{text}` is not known there",
        )
        advice = "look at `ports` and identities only, or name the port for its protocol"
    said = port.said if port.said is not None else port.number
    return Remark(node, headline, label, advice, ((said, "the protocol is said here"),), path=(policy, port.owner))


# -- who ---------------------------------------------------------------------------------------------------------------


def unknown_sources(graph: Graph, policy: AuthorizationPolicy) -> Remarks:
    """Yield the namespaces and accounts of callers that are a slip of one that exists."""
    if policy.unit.incomplete:
        return
    for rule in rules_of(policy):
        for entry in rule.items_at("from"):
            for name in ("namespaces", "notNamespaces"):
                for node in entry.items_at("source", name):
                    if isinstance(node, Scalar) and not node.opaque and "*" not in node.text:
                        yield from _unknown_namespace(graph, policy, node)
            for name in ("principals", "notPrincipals"):
                for node in entry.items_at("source", name):
                    if isinstance(node, Scalar) and not node.opaque and "*" not in node.text:
                        yield from _unknown_principal(graph, policy, node)


def _namespaces(graph: Graph) -> dict[str, KubernetesObject]:
    def collect() -> dict[str, KubernetesObject]:
        found: dict[str, KubernetesObject] = {item.name: item for item in graph.subjects(Namespace)}
        for item in graph.subjects(KubernetesObject):
            if item.namespace:
                found.setdefault(item.namespace, item)
        return found

    return graph.once("istio namespaces by name", collect)


def _unknown_namespace(graph: Graph, policy: AuthorizationPolicy, node: Scalar) -> Remarks:
    known = _namespaces(graph)
    if node.text in known or graph.is_external(Key("kubernetes", "Namespace", "", node.text)):
        return
    near = nearest(node.text, known)
    if near:
        item = known[near[0]]
        place = item.namespace_node if item.namespace_node is not None else item.name_node
        yield Remark(
            node,
            f"namespace `{node.text}` does not exist",
            "no caller comes from there",
            f"write `{near[0]}`",
            ((place or item, "this namespace exists"),),
            path=(policy,),
            candidates=tuple(near),
        )


def _unknown_principal(graph: Graph, policy: AuthorizationPolicy, node: Scalar) -> Remarks:
    parts = node.text.split("/")
    if len(parts) != 5 or parts[1] != "ns" or parts[3] != "sa":
        return
    namespace, name = parts[2], parts[4]
    accounts = {account: node for account, (where, node) in _accounts(graph) if fits(where, namespace)}
    if name in accounts or name == "default":
        return
    near = nearest(name, accounts)
    if near:
        meant = node.text.removesuffix(name) + near[0]
        yield Remark(
            node,
            f"ServiceAccount `{name}` of namespace `{namespace}` does not exist",
            "no caller has this identity",
            f"write `{meant}`",
            ((accounts[near[0]], "this one exists"),),
            path=(policy,),
            candidates=(meant,),
        )


def _accounts(graph: Graph) -> list[tuple[str, tuple[str, Entity | Node]]]:
    """Return the accounts that are defined or that pods run as, each with its namespace and a place to show."""

    def collect() -> list[tuple[str, tuple[str, Entity | Node]]]:
        found: dict[tuple[str, str], Entity | Node] = {}
        for template in graph.subjects(PodTemplate):
            node = account_name(template)
            if node is not None:
                found[node.text, template.owner.namespace] = node
        found.update(((account.name, account.namespace), account) for account in graph.subjects(ServiceAccount))
        return [(name, (namespace, place)) for (name, namespace), place in found.items()]

    return graph.once("istio accounts", collect)
