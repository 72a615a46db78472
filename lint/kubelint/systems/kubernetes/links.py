"""What objects refer to: which objects are linked by what, in which order.

The links themselves are in one module for each topic: pods, Services, routes, scaling, storage.
"""

from __future__ import annotations

from kubelint.graph.query import Graph
from kubelint.systems.kubernetes import (
    addresses,
    admission,
    calls,
    environment,
    links_namespaces,
    links_pods,
    matching,
    peers,
    validation,
    webhooks,
)
from kubelint.systems.kubernetes.autoscaling import ScaledJob, ScaledObject, VerticalPodAutoscaler
from kubelint.systems.kubernetes.certificates import Certificate
from kubelint.systems.kubernetes.gateway import BackendTLSPolicy, Listeners, Route
from kubelint.systems.kubernetes.model import (
    ClusterRole,
    ClusterRoleBinding,
    CustomResource,
    CustomResourceDefinition,
    HorizontalPodAutoscaler,
    Ingress,
    KubernetesObject,
    NetworkPolicy,
    OtherObject,
    PersistentVolume,
    PersistentVolumeClaim,
    PodDisruptionBudget,
    Role,
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

    def any_of(*kinds: type[KubernetesObject]) -> bool:
        return any(graph.subjects(kind) for kind in kinds)

    _link_pods(graph)
    if any_of(HorizontalPodAutoscaler, CustomResource):
        _link_scaling(graph)
    _link_budgets(graph)
    if any_of(Service, StatefulSet, OtherObject):
        _link_services(graph)
    if any_of(Ingress, Listeners, Route, BackendTLSPolicy, Certificate):
        _link_routes(graph)
    if any_of(NetworkPolicy):
        _link_policies(graph)
    if any_of(PersistentVolumeClaim, StatefulSet, PersistentVolume, OtherObject):
        _link_storage(graph)
    if any_of(Secret, RoleBinding, ClusterRoleBinding, Role, ClusterRole):
        _link_access(graph)
    environment.add_proxies(graph)
    calls.link(graph)
    addresses.link(graph)
    if any_of(webhooks.WebhookConfiguration, webhooks.ExtensionServer, CustomResourceDefinition):
        _link_api_server(graph)
    if any_of(CustomResource):
        _judge_custom_resources(graph)
    if any_of(admission.AdmissionBinding):
        admission.link(graph)
    if graph.settings.policies:
        _judge_by_own_policies(graph)
    links_namespaces.link(graph)
    peers.link(graph)


# What follows imports its topic where something of it is there: a check of a few files should not pay for all.


def _link_pods(graph: Graph) -> None:
    for template in graph.subjects(PodTemplate):
        links_pods.link_pod(graph, template)
    for account in graph.subjects(ServiceAccount):
        links_pods.link_account(graph, account)


def _link_scaling(graph: Graph) -> None:
    from kubelint.systems.kubernetes import links_scaling

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


def _link_budgets(graph: Graph) -> None:
    for budget in graph.subjects(PodDisruptionBudget):
        if budget.selector is not None and not budget.selector.everything:
            matching.select_pods(graph, "protects", budget, budget.selector)


def _link_services(graph: Graph) -> None:
    from kubelint.systems.kubernetes import links_services

    for service in graph.subjects(Service):
        links_services.link_service(graph, service)
    for stateful_set in graph.subjects(StatefulSet):
        links_services.link_governed(graph, stateful_set)
    for item in graph.subjects(OtherObject):
        links_services.link_endpoints(graph, item)


def _link_routes(graph: Graph) -> None:
    from kubelint.systems.kubernetes import links_routes

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


def _link_policies(graph: Graph) -> None:
    from kubelint.systems.kubernetes import links_policies

    for network_policy in graph.subjects(NetworkPolicy):
        if network_policy.selector is not None and not network_policy.selector.everything:
            matching.select_pods(graph, "isolates", network_policy, network_policy.selector)
        links_policies.link_policy(graph, network_policy)


def _link_storage(graph: Graph) -> None:
    from kubelint.systems.kubernetes import links_storage

    for claim in graph.subjects(PersistentVolumeClaim):
        links_storage.link_claim(graph, claim)
    for stateful_set in graph.subjects(StatefulSet):
        links_storage.link_claim_templates(graph, stateful_set)
    for volume in graph.subjects(PersistentVolume):
        links_storage.link_volume(graph, volume)
    for item in graph.subjects(OtherObject):
        links_storage.link_attachment(graph, item)


def _link_access(graph: Graph) -> None:
    from kubelint.systems.kubernetes import access, links_services

    for secret in graph.subjects(Secret):
        links_services.link_token(graph, secret)
    for binding in (*graph.subjects(RoleBinding), *graph.subjects(ClusterRoleBinding)):
        _link_binding(graph, binding)
    access.link(graph)


def _link_api_server(graph: Graph) -> None:
    from kubelint.systems.kubernetes import injected_certificates

    webhooks.link(graph)
    injected_certificates.link(graph)


def _judge_custom_resources(graph: Graph) -> None:
    from kubelint.systems.kubernetes import validation_rules

    validation_rules.link(graph)


def _judge_by_own_policies(graph: Graph) -> None:
    from kubelint.systems.kubernetes import own_policies

    own_policies.link(graph)


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
