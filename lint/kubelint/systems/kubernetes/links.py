"""What objects refer to: which objects are linked by what, in which order.

The links themselves are in one module for each topic: pods, Services, routes, scaling, storage.
"""

from __future__ import annotations

from kubelint.graph.query import Graph
from kubelint.systems.kubernetes import (
    access,
    addresses,
    admission,
    calls,
    environment,
    injected_certificates,
    links_namespaces,
    links_pods,
    links_policies,
    links_routes,
    links_scaling,
    links_services,
    links_storage,
    matching,
    own_policies,
    peers,
    validation,
    validation_rules,
    webhooks,
)
from kubelint.systems.kubernetes.autoscaling import ScaledJob, ScaledObject, VerticalPodAutoscaler
from kubelint.systems.kubernetes.certificates import Certificate
from kubelint.systems.kubernetes.gateway import BackendTLSPolicy, Listeners, Route
from kubelint.systems.kubernetes.model import (
    ClusterRoleBinding,
    CustomResource,
    HorizontalPodAutoscaler,
    Ingress,
    KubernetesObject,
    NetworkPolicy,
    OtherObject,
    PersistentVolume,
    PersistentVolumeClaim,
    PodDisruptionBudget,
    RoleBinding,
    Secret,
    Service,
    ServiceAccount,
    StatefulSet,
)
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.refer import refer_to


def link(graph: Graph) -> None:
    """Resolve the references of all objects."""
    for resource in graph.subjects(CustomResource):
        resource.opaque = not validation.is_known(graph, resource)
    _link_workloads(graph)
    _link_traffic(graph)
    _link_storage(graph)
    _link_access(graph)
    environment.add_proxies(graph)
    calls.link(graph)
    addresses.link(graph)
    webhooks.link(graph)
    injected_certificates.link(graph)
    validation_rules.link(graph)
    admission.link(graph)
    own_policies.link(graph)
    links_namespaces.link(graph)
    peers.link(graph)


def _link_workloads(graph: Graph) -> None:
    for template in graph.subjects(PodTemplate):
        links_pods.link_pod(graph, template)
    for account in graph.subjects(ServiceAccount):
        links_pods.link_account(graph, account)
    for autoscaler in graph.subjects(HorizontalPodAutoscaler):
        links_scaling.link_autoscaler(graph, autoscaler)
    for scaled in graph.subjects(ScaledObject):
        links_scaling.link_scaled_object(graph, scaled)
    for scaled_job in graph.subjects(ScaledJob):
        links_scaling.link_scaled_job(graph, scaled_job)
    for vertical in graph.subjects(VerticalPodAutoscaler):
        links_scaling.link_vertical(graph, vertical)
    for item in graph.of_kind("kubernetes", "TriggerAuthentication.keda.sh"):
        if isinstance(item, CustomResource):
            links_scaling.link_trigger_authentication(graph, item)
    for budget in graph.subjects(PodDisruptionBudget):
        if budget.selector is not None and not budget.selector.everything:
            matching.select_pods(graph, "protects", budget, budget.selector)


def _link_traffic(graph: Graph) -> None:
    for service in graph.subjects(Service):
        links_services.link_service(graph, service)
    for stateful_set in graph.subjects(StatefulSet):
        links_services.link_governed(graph, stateful_set)
    for item in graph.subjects(OtherObject):
        links_services.link_endpoints(graph, item)
    for ingress in graph.subjects(Ingress):
        links_routes.link_ingress(graph, ingress)
    for gateway in graph.subjects(Listeners):
        links_routes.link_gateway(graph, gateway)
    for route in graph.subjects(Route):
        links_routes.link_route(graph, route)
    for policy in graph.subjects(BackendTLSPolicy):
        links_routes.link_backend_tls(graph, policy)
    for certificate in graph.subjects(Certificate):
        links_routes.link_certificate(graph, certificate)
    for network_policy in graph.subjects(NetworkPolicy):
        if network_policy.selector is not None and not network_policy.selector.everything:
            matching.select_pods(graph, "isolates", network_policy, network_policy.selector)
        links_policies.link_policy(graph, network_policy)


def _link_storage(graph: Graph) -> None:
    for claim in graph.subjects(PersistentVolumeClaim):
        links_storage.link_claim(graph, claim)
    for stateful_set in graph.subjects(StatefulSet):
        links_storage.link_claim_templates(graph, stateful_set)
    for volume in graph.subjects(PersistentVolume):
        links_storage.link_volume(graph, volume)
    for item in graph.subjects(OtherObject):
        links_storage.link_attachment(graph, item)


def _link_access(graph: Graph) -> None:
    for secret in graph.subjects(Secret):
        links_services.link_token(graph, secret)
    for binding in (*graph.subjects(RoleBinding), *graph.subjects(ClusterRoleBinding)):
        _link_binding(graph, binding)
    access.link(graph)


def _link_binding(graph: Graph, binding: KubernetesObject) -> None:
    role = binding.root.at("roleRef")
    if role is not None:
        kind = role.text_at("kind")
        if kind in ("Role", "ClusterRole"):
            namespace = "" if kind == "ClusterRole" else binding.namespace
            refer_to(graph, "grants", binding, role.scalar("name"), kind, namespace=namespace)
    for subject in binding.root.items_at("subjects"):
        if subject.text_at("kind") == "ServiceAccount":
            given = subject.scalar("namespace")
            where = binding.namespace if given is None or given.opaque else given.text
            refer_to(graph, "binds", binding, subject.scalar("name"), "ServiceAccount", namespace=where)
