"""What rules of Roles and ClusterRoles allow, as the RBAC authorizer matches them, and who gets it.

Source: Kubernetes documentation, "Using RBAC Authorization" (Referring to resources) and "Role Based Access Control
Good Practices".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.access import AccessRule, access_rules
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.tree.node import Node, Scalar
from kubelint_schemas.kubernetes import rights as facts

ANY = "*"
WILDCARD_RULE = "kubernetes/wildcard-in-role"
_MOST_BINDINGS = 3


@dataclass(slots=True)
class Grant:
    """A right that a rule gives: the resource that names it, further ones, the verbs, and who binds the role."""

    node: Scalar
    others: list[Scalar] = field(default_factory=list)
    verbs: list[Scalar] = field(default_factory=list)
    bindings: list[KubernetesObject] = field(default_factory=list)

    @property
    def related(self) -> list[tuple[Node, str]]:
        """The other ends: the further resources, and where bindings give the role away."""
        places: list[tuple[Node, str]] = [(other, "and this") for other in self.others]
        for binding in self.bindings[:_MOST_BINDINGS]:
            name = binding.root.scalar("roleRef", "name")
            if name is not None:
                places.append((name, f"{binding.kind} `{binding.name}` gives it to {holders(binding)}"))
        return places


def granted(graph: Graph, rule: AccessRule, name: str) -> Grant | None:
    """Return how a rule gives a right; None where it does not, or not without naming the objects that it is for.

    Roles that clusters make for themselves do not count, unless somebody else binds them. A resource ``*`` is left to
    the rule on wildcards where that runs.
    """
    if rule.names or is_own_role(graph, rule.role):
        return None
    found: Grant | None = None
    for right in facts.rights(name):
        if not _any_of(rule.groups, right.groups):
            continue
        verbs = _any_of(rule.verbs, right.verbs)
        if not verbs:
            continue
        for resource in rule.resources:
            if resource.opaque or not any(_covers(resource.text, wanted) for wanted in right.resources):
                continue
            if resource.text == ANY and graph.settings.selects(WILDCARD_RULE, "security", by_default=False):
                continue
            if found is None:
                found = Grant(resource, verbs=verbs, bindings=bindings_of_role(graph, rule.role))
            elif resource is not found.node and resource not in found.others:
                found.others.append(resource)
    return found


def is_everything(rule: AccessRule) -> bool:
    """Tell whether a rule allows everything on every resource."""
    verbs = {verb.text for verb in rule.verbs}
    return (
        not rule.names
        and any(group.text == ANY for group in rule.groups)
        and any(resource.text == ANY for resource in rule.resources)
        and (ANY in verbs or facts.all_verbs() <= verbs)
    )


def unlimited(graph: Graph, role: KubernetesObject) -> AccessRule | None:
    """Return the first rule of a role that allows everything; of a role that thousands bind it is looked for once."""
    return graph.once(
        ("unlimited rule", id(role)), lambda: next((rule for rule in access_rules(role) if is_everything(rule)), None)
    )


def bindings_of_role(graph: Graph, role: KubernetesObject) -> list[KubernetesObject]:
    """Return the bindings of the repository that give a role away."""

    def collect() -> list[KubernetesObject]:
        sources = (reference.source for reference in graph.incoming(role, "grants"))
        return [source for source in sources if isinstance(source, KubernetesObject)]

    return graph.once(("bindings of role", id(role)), collect)


def is_own_role(graph: Graph, role: KubernetesObject) -> bool:
    """Tell whether a role is only for the cluster itself: by its name, or because only such bindings give it away."""

    def judge() -> bool:
        bindings = bindings_of_role(graph, role)
        if bindings:
            return all(facts.is_own(binding.name, cluster=binding.cluster_scoped) for binding in bindings)
        return facts.is_own(role.name, cluster=role.cluster_scoped)

    return graph.once(("own role", id(role)), judge)


def holders(binding: KubernetesObject) -> str:
    """Return who gets what a binding gives, in words."""
    names = [
        f"{subject.text_at('kind') or 'subject'} `{subject.text_at('name') or ''}`"
        for subject in binding.root.items_at("subjects")
    ]
    if not names:
        return "nobody"
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def wildcards(rule: AccessRule) -> Iterator[Scalar]:
    """Yield each ``*`` of a rule: in resources, verbs, API groups and paths."""
    for items in (rule.resources, rule.verbs, rule.groups, rule.paths):
        yield from (item for item in items if item.text == ANY)


def _any_of(items: list[Scalar], wanted: frozenset[str]) -> list[Scalar]:
    return [item for item in items if not item.opaque and (item.text == ANY or item.text in wanted)]


def _covers(written: str, wanted: str) -> bool:
    """Tell whether a resource of a rule means a wanted one: ``*/exec`` covers ``pods/exec``."""
    _, _, part = wanted.partition("/")
    return written in (ANY, wanted) or (bool(part) and written == f"*/{part}")
