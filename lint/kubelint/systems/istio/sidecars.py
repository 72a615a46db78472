"""Sidecar objects: what they import, where they listen, and which workload gets which.

A Sidecar with a selector comes first, then the one of the namespace without selector, then that of the root namespace.

Source: Istio reference, "Sidecar"; Istio, ``pilot/pkg/model/push_context.go`` (``getSidecarScope``).
"""

from __future__ import annotations

from collections.abc import Iterable

from kubelint.finding import Severity
from kubelint.graph.query import Graph, fits
from kubelint.suggest import nearest
from kubelint.systems.istio.authorities import services_of
from kubelint.systems.istio.bindings import binding, workload_selector
from kubelint.systems.istio.hosts import matches
from kubelint.systems.istio.mesh import mesh, registry_only
from kubelint.systems.istio.model import ServiceEntry, Sidecar
from kubelint.systems.istio.remark import Remark, Remarks
from kubelint.systems.kubernetes.alternatives import together
from kubelint.systems.kubernetes.model import KubernetesObject, Service
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.scope import by_namespace
from kubelint.tree.node import Scalar


def sidecar_of(graph: Graph, template: PodTemplate) -> Sidecar | None:
    """Return the Sidecar that surely applies to the pods of a template; None where that is not known."""
    owner = template.owner
    levels: list[list[Sidecar]] = [[], [], []]
    known = by_namespace(graph, Sidecar)
    root = mesh(graph).root_namespace
    for sidecar in (*known.get(owner.namespace, ()), *(known.get(root, ()) if root != owner.namespace else ())):
        if sidecar.unit is not owner.unit or not together(graph, sidecar, owner):
            continue
        if workload_selector(sidecar) is not None:
            found = binding(graph, sidecar)
            if found is not None and any(other is template for other in found.templates):
                levels[0].append(sidecar)
        elif sidecar.namespace == owner.namespace:
            levels[1].append(sidecar)
        elif sidecar.namespace == root:
            levels[2].append(sidecar)
    for level in levels:
        if level:
            return level[0] if len(level) == 1 else None
    return None


def imports(graph: Graph, sidecar: Sidecar, service: Service) -> bool:
    """Tell whether the proxies of a Sidecar know the host of a Service; without ``egress`` they know all."""
    listeners = sidecar.root.items_at("spec", "egress")
    if not listeners:
        return True
    full = f"{service.name}.{service.namespace or '*'}.svc.{mesh(graph).cluster_domain}"
    for listener in listeners:
        for node in listener.items_at("hosts"):
            if not isinstance(node, Scalar) or node.opaque:
                return True
            namespace, _, host = node.text.partition("/")
            namespace = sidecar.namespace if namespace == "." else namespace
            if namespace.startswith("~"):
                continue
            if (namespace == "*" or fits(namespace, service.namespace)) and (
                matches(host, full) or not service.namespace
            ):
                return True
    return False


def hidden_hosts(graph: Graph, caller: KubernetesObject) -> Remarks:
    """Yield the calls of a workload to Services that its Sidecar does not import."""
    templates = list(caller.pod_templates())
    sidecar = sidecar_of(graph, templates[0]) if templates else None
    if sidecar is None or sidecar.unit.incomplete:
        return
    strict = _refuses(graph, sidecar)
    for reference in graph.outgoing(caller, "calls"):
        for service in reference.targets:
            if not isinstance(service, Service) or imports(graph, sidecar, service):
                continue
            egress = sidecar.root.mapping("spec")
            key = None if egress is None else egress.key("egress")
            yield Remark(
                reference.node,
                f"the Sidecar of {caller.kind} `{caller.name}` hides `{service.name}` from it",
                "the proxy refuses this call" if strict else "routes and policies for the host are not used",
                f"add `{'.' if service.namespace == sidecar.namespace else service.namespace or '*'}/"
                f"{service.name}.{service.namespace or '<namespace>'}.svc.{mesh(graph).cluster_domain}` to `egress`",
                ((key or sidecar, "only these hosts are imported"),),
                severity=Severity.ERROR if strict else None,
                path=(caller, sidecar, service),
            )
            break


def _refuses(graph: Graph, sidecar: Sidecar) -> bool:
    policy = sidecar.root.mapping("spec", "outboundTrafficPolicy")
    if policy is not None:
        return policy.text_at("mode") in (None, "REGISTRY_ONLY")
    return registry_only(graph)


def unknown_hosts(graph: Graph, sidecar: Sidecar) -> Remarks:
    """Yield the imported hosts that are a slip of one that exists in the namespace."""
    if sidecar.unit.incomplete:
        return
    for listener in sidecar.root.items_at("spec", "egress"):
        for node in listener.items_at("hosts"):
            if not isinstance(node, Scalar) or node.opaque or "~" in node.text:
                continue
            _, slash, host = node.text.partition("/")
            if not slash or "*" in host or not host:
                continue
            known = _known_hosts(graph)
            if host in known or _covered(known, host):
                continue
            near = nearest(host, [one for one in known if one.count(".") == host.count(".")])
            if near:
                meant = node.text.removesuffix(host) + near[0]
                yield Remark(
                    node,
                    f"the mesh knows no host `{host}`",
                    "nothing is imported by this",
                    f"write `{meant}`",
                    ((known[near[0]], "this one exists"),),
                    path=(sidecar,),
                    candidates=(meant,) if len(near) == 1 else (),
                )


def _known_hosts(graph: Graph) -> dict[str, KubernetesObject]:
    """Return the full names of all Services whose namespace is known, and the hosts of ServiceEntries."""

    def collect() -> dict[str, KubernetesObject]:
        known: dict[str, KubernetesObject] = {
            f"{service.name}.{service.namespace}.svc.{mesh(graph).cluster_domain}": service
            for service in graph.subjects(Service)
            if service.namespace
        }
        for entry in graph.subjects(ServiceEntry):
            known.update((one.text, entry) for one in entry.hosts)
        return known

    return graph.once("istio hosts by full name", collect)


def _covered(known: Iterable[str], host: str) -> bool:
    return any(matches(one, host) for one in known if one.startswith("*"))


def unknown_ingress_ports(graph: Graph, sidecar: Sidecar) -> Remarks:
    """Yield the listeners of ``ingress`` at ports that no Service of the workload leads to."""
    found = binding(graph, sidecar)
    if found is None or not found.templates:
        return
    targets: dict[str, Scalar] = {}
    for service in services_of(graph, found.templates):
        for port in service.ports:
            node = port.scalar("targetPort") or port.scalar("port")
            if node is None or node.opaque or not node.text.isdigit():
                return
            targets[node.text] = node
    if not targets:
        return
    for listener in sidecar.root.items_at("spec", "ingress"):
        number = listener.scalar("port", "number")
        if number is not None and not number.opaque and number.text not in targets:
            place = next(iter(targets.values()))
            yield Remark(
                number,
                f"no Service leads to port `{number.text}` of this workload",
                "nothing comes in here, and the port of the Service has no listener",
                "write the target port of the Service: " + " or ".join(f"`{text}`" for text in sorted(targets)[:4]),
                ((place, "requests come in here"),),
                path=(sidecar, found.templates[0].owner),
                candidates=(place.text,) if len(targets) == 1 else (),
            )


def unsaid_mode(sidecar: Sidecar) -> Remarks:
    """Yield the policy for unknown hosts that does not say its mode."""
    policy = sidecar.root.mapping("spec", "outboundTrafficPolicy")
    spec = sidecar.root.mapping("spec")
    if policy is not None and spec is not None and policy.get("mode") is None and policy.get("egressProxy") is None:
        yield Remark(
            spec.key("outboundTrafficPolicy") or policy,
            "the policy for unknown hosts does not say what happens to them",
            "without `mode` they are refused",
            "write `mode: REGISTRY_ONLY` or `mode: ALLOW_ANY`",
        )
