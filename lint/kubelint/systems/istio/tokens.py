"""Policies and the tokens of requests: who looks at a token that nobody reads, who reads one that nobody asks for.

Source: Istio reference, "RequestAuthentication" (requests without a token are let through) and "Authorization Policy".
"""

from __future__ import annotations

from kubelint.graph.query import Graph, fits
from kubelint.systems.istio.authorities import rules_of
from kubelint.systems.istio.bindings import attached, binding, bound_templates, workload_selector
from kubelint.systems.istio.mesh import mesh
from kubelint.systems.istio.model import AuthorizationPolicy, RequestAuthentication
from kubelint.systems.istio.remark import Remark, Remarks
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.tree.node import Mapping, Node


def without_authentication(graph: Graph, policy: AuthorizationPolicy) -> Remarks:
    """Yield what a policy asks of a token, where no RequestAuthentication checks tokens."""
    everyone = [item for item in graph.subjects(RequestAuthentication) if item.unit is policy.unit]
    if not everyone or attached(policy) or policy.unit.incomplete:
        return
    bound = bound_templates(graph, policy)
    if not bound or workload_selector(policy) is None:
        return
    for template in bound:
        if any(_checks(graph, item, template) for item in graph.subjects(RequestAuthentication)):
            return
    for rule in rules_of(policy):
        node = _token_use(rule)
        if node is not None:
            other = everyone[0]
            yield Remark(
                node,
                f"no RequestAuthentication reads tokens for {bound[0].owner.kind} `{bound[0].owner.name}`",
                "without it no request has a token to look at",
                "let a RequestAuthentication select the workload",
                ((other, "this one is for other workloads"),),
                path=(policy, bound[0].owner),
            )
            return


def _checks(graph: Graph, item: RequestAuthentication, template: PodTemplate) -> bool:
    if attached(item) or item.root.at("spec", "jwtRules") is None:
        return attached(item)
    if workload_selector(item) is None:
        return fits(item.namespace, template.owner.namespace) or item.namespace == mesh(graph).root_namespace
    found = binding(graph, item)
    return found is not None and (found.selector.opaque or any(other is template for other in found.templates))


def _token_use(rule: Mapping) -> Node | None:
    for entry in rule.items_at("from"):
        for name in ("requestPrincipals", "notRequestPrincipals"):
            source = entry.mapping("source")
            if source is not None and source.items_at(name):
                return source.key(name)
    for condition in rule.items_at("when"):
        key = condition.scalar("key")
        if key is not None and key.text.startswith("request.auth."):
            return key
    return None


def token_not_required(graph: Graph, item: RequestAuthentication) -> Remarks:
    """Yield the RequestAuthentication that no policy builds on: requests without any token pass."""
    if any(rule.text_at("presence") == "REQUIRED" for rule in item.root.items_at("spec", "jwtRules")):
        return
    if item.root.at("spec", "jwtRules") is None or item.unit.incomplete:
        return
    for policy in graph.subjects(AuthorizationPolicy):
        near = fits(policy.namespace, item.namespace) or policy.namespace == mesh(graph).root_namespace
        if near and any(_token_use(rule) is not None for rule in rules_of(policy)):
            return
    spec = item.root.mapping("spec")
    yield Remark(
        (spec.key("jwtRules") if spec is not None else None) or item.node,
        "requests without a token are let through",
        "only wrong tokens are refused",
        "add an AuthorizationPolicy that asks for `requestPrincipals`",
    )
