"""Who may call whom: calls that no policy admits, workloads without any policy, providers that do not exist.

Source: Istio documentation, "Authorization Policy", section "Implicit enablement" (where an
ALLOW policy exists, what none matches is denied); Istio reference, "Authorization Policy" and "Global Mesh Options".
"""

from __future__ import annotations

from kubelint.graph.query import Graph
from kubelint.suggest import nearest
from kubelint.systems.istio.authorities import rules_of
from kubelint.systems.istio.bindings import attached, binding
from kubelint.systems.istio.mesh import has_all_providers, mesh, providers
from kubelint.systems.istio.model import AuthorizationPolicy, IstioObject
from kubelint.systems.istio.remark import Remark, Remarks
from kubelint.systems.kubernetes.accounts import account_name
from kubelint.systems.kubernetes.alternatives import together
from kubelint.systems.kubernetes.matching import SelectorMatch
from kubelint.systems.kubernetes.model import KubernetesObject, Service
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.scope import by_namespace, units_together
from kubelint.tree.node import Mapping, Node, Scalar


def refused_callers(graph: Graph, caller: KubernetesObject) -> Remarks:
    """Yield the calls of a workload that the policies of the called one allow to others only."""
    for reference in graph.outgoing(caller, "calls"):
        for service in reference.targets:
            if isinstance(service, Service):
                yield from _refused(graph, caller, reference.node, service)


def _refused(graph: Graph, caller: KubernetesObject, node: Node, service: Service) -> Remarks:
    templates = list(caller.pod_templates())
    if not templates or not caller.namespace:
        return
    account = account_name(templates[0])
    if account is not None and account.opaque:
        return
    name = "default" if account is None else account.text
    for reference in graph.outgoing(service, "selects"):
        detail = reference.detail
        for template in detail.templates if isinstance(detail, SelectorMatch) else ():
            policies = [p for p in _near_policies(graph, template) if _is_for(graph, p, template)]
            allowing = [p for p in policies if (p.root.text_at("spec", "action") or "ALLOW") == "ALLOW"]
            if not allowing or any(_may_admit(rule, caller.namespace, name) for p in allowing for rule in rules_of(p)):
                continue
            if not all(together(graph, p, caller) or units_together(graph, p.unit, caller.unit) for p in allowing):
                continue
            yield Remark(
                node,
                f"no policy lets {caller.kind} `{caller.name}` call `{service.name}`",
                "this call is answered with 403",
                f"allow `cluster.local/ns/{caller.namespace}/sa/{name}`",
                tuple((p, "this policy allows others only") for p in allowing[:3]),
                path=(caller, service, *allowing[:1]),
            )
            return


def _near_policies(graph: Graph, template: PodTemplate) -> list[AuthorizationPolicy]:
    """Return the policies that can be for a workload: of its namespace and of the root namespace."""
    known, namespace = by_namespace(graph, AuthorizationPolicy), template.owner.namespace
    root = mesh(graph).root_namespace
    return [*known.get(namespace, ()), *(known.get(root, ()) if root != namespace else ())]


def _is_for(graph: Graph, policy: AuthorizationPolicy, template: PodTemplate) -> bool:
    found = binding(graph, policy)
    if found is not None:
        return any(other is template for other in found.templates)
    if attached(policy) or not policy.namespace:
        return False
    return policy.namespace in (template.owner.namespace, mesh(graph).root_namespace)


def _may_admit(rule: Mapping, namespace: str, account: str) -> bool:
    """Tell whether a rule may let a caller in: what cannot be compared is taken as met."""
    entries = rule.items_at("from")
    if not entries:
        return True
    principal = f"/ns/{namespace}/sa/{account}"
    for entry in entries:
        source = entry.mapping("source")
        if source is None:
            return True
        asked = {key.text for key, value in source.pairs() if value.items()}
        fitting = []
        for name, wanted in (("principals", principal), ("namespaces", namespace), ("serviceAccounts", account)):
            nodes = source.items_at(name)
            if nodes:
                fitting.append(any(_text_fits(name, n, wanted, namespace) for n in nodes))
        if not asked & {"principals", "namespaces", "serviceAccounts"} or all(fitting):
            return True
    return False


def _text_fits(name: str, node: Node, wanted: str, namespace: str) -> bool:
    if not isinstance(node, Scalar) or node.opaque:
        return True
    text = node.text
    if text == "*":
        return True
    if name == "principals":
        if text.endswith("*"):
            start = text[:-1]
            head = start.partition("/ns/")[1] + start.partition("/ns/")[2]
            return "/ns/" not in start or wanted.startswith(head)
        return wanted.endswith(text[1:]) if text.startswith("*") else text.endswith(wanted)
    if name == "serviceAccounts":
        return text in (wanted, f"{namespace}/{wanted}")
    return (
        wanted.startswith(text[:-1])
        if text.endswith("*")
        else wanted.endswith(text[1:])
        if text.startswith("*")
        else text == wanted
    )


def unknown_providers(graph: Graph, item: IstioObject) -> Remarks:
    """Yield the names of providers that the mesh does not have, where the repository says which it has."""
    known = providers(graph)
    if known is None:
        return
    nodes = [item.root.scalar("spec", "provider", "name")]
    for section in ("tracing", "metrics", "accessLogging"):
        for entry in item.root.items_at("spec", section):
            nodes += [provider.scalar("name") for provider in entry.items_at("providers")]
    for node in nodes:
        if node is None or node.opaque or node.text in known or node.text in ("envoy", "prometheus"):
            continue
        near = nearest(node.text, known)
        if not near and not has_all_providers(graph, item.unit):
            continue
        place = known[near[0]] if near else next(iter(known.values()))
        yield Remark(
            node,
            f"the mesh has no provider `{node.text}`",
            "this is left out, or every request is refused",
            f"write `{near[0]}`" if near else "add it to `extensionProviders` of the MeshConfig",
            ((place, "this one exists"),),
            candidates=tuple(near),
        )


def uncovered_workload(graph: Graph, workload: KubernetesObject) -> Remarks:
    """Yield the workload that no AuthorizationPolicy is for, in a repository that has such policies."""
    templates = list(workload.pod_templates())
    units = graph.once("units with policies", lambda: {id(item.unit) for item in graph.subjects(AuthorizationPolicy)})
    if id(workload.unit) not in units or not templates:
        return
    policies = _near_policies(graph, templates[0])
    if not any(_is_for(graph, policy, templates[0]) or attached(policy) for policy in policies):
        yield Remark(
            workload.name_node or workload.node,
            f"no AuthorizationPolicy is for {workload.kind} `{workload.name}`",
            "everybody may call it",
            "add a policy that selects it, or one for the whole namespace",
        )
