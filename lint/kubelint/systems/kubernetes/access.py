"""Access rules: the names that Roles and ClusterRoles may use.

The names of built-in resources are a finite table; CustomResourceDefinitions of the repository and the bundled ones
add theirs. Groups of which not every resource is known stay open: what is not there may exist.

Source: Kubernetes documentation, "Using RBAC Authorization" and "Authorization"; API reference, PolicyRule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from kubelint.graph.model import Key
from kubelint.graph.query import Graph
from kubelint.suggest import nearest
from kubelint.systems.kubernetes.labels import select_labelled
from kubelint.systems.kubernetes.model import (
    BUILTIN_GROUPS,
    ClusterRole,
    CustomResourceDefinition,
    KubernetesObject,
    Role,
)
from kubelint.systems.kubernetes.selectors import Selector, label_selector
from kubelint.tree.node import Node, Scalar
from kubelint_schemas import crds, istio
from kubelint_schemas.kubernetes.resources import AuthorizationOnly, Resource, authorization_only, resources

#: Verbs of requests for resources. Verbs of single resources (``use``, ``bind``) come from the table.
VERBS = frozenset({"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"})
#: Verbs of requests for paths: methods of HTTP in lower case.
PATH_VERBS = frozenset({"delete", "get", "head", "options", "patch", "post", "put"})
#: What people write for the verb that the API server has.
_OTHER_WORDS: dict[str, tuple[str, ...]] = {
    "add": ("create",), "destroy": ("delete",), "edit": ("update", "patch"), "modify": ("update", "patch"),
    "post": ("create",), "put": ("update",), "read": ("get", "list", "watch"), "remove": ("delete",),
    "view": ("get", "list", "watch"), "write": ("create", "update", "patch"),
}  # fmt: skip
#: Groups that are served by well-known extension servers, with all that they serve.
_EXTENSION_SERVERS = (
    Resource("metrics.k8s.io", "NodeMetrics", "nodes", False, (), ()),
    Resource("metrics.k8s.io", "PodMetrics", "pods", True, (), ()),
)
#: What old servers had elsewhere; roles that were copied from the built-in ones still name it.
_FORMER = (
    Resource("batch", "ScheduledJob", "scheduledjobs", True, ("status",), ()),
    Resource("extensions", "HorizontalPodAutoscaler", "horizontalpodautoscalers", True, ("status",), ()),
    Resource("extensions", "Job", "jobs", True, ("status",), ()),
    Resource("extensions", "ReplicationController", "replicationcontrollers", True, ("scale",), ()),
)
#: Groups of projects of the Kubernetes community, near to those of Kubernetes itself and not meant to be these.
_COMMUNITY = ".x-k8s.io"
#: Subresources that any resource may be asked for, whether or not it serves them.
_ANY_SUBRESOURCE = frozenset({"finalizers", "scale", "status", "*"})
#: Of a role with more rules that grant a verb nobody compares all with all.
_MOST_RULES = 500
_OWN_SCOPE = ("", "namespaces")
#: Labels of the built-in ClusterRoles that others aggregate.
_BUILTIN_LABELS = frozenset(
    {f"rbac.authorization.k8s.io/aggregate-to-{role}" for role in ("admin", "edit", "view")}
    | {"kubernetes.io/bootstrapping"}
)


@dataclass(slots=True)
class AccessRule:
    """One rule of a Role or ClusterRole, the scalars of its lists as they stand."""

    role: KubernetesObject
    node: Node
    groups: list[Scalar]
    resources: list[Scalar]
    verbs: list[Scalar]
    names: list[Scalar]
    paths: list[Scalar]

    @property
    def any_group(self) -> bool:
        """Whether the groups are not all written down."""
        return any(group.opaque or group.text == "*" for group in self.groups)


def link(graph: Graph) -> None:
    """Make each rule of each Role and ClusterRole a subject, and resolve what aggregated ClusterRoles select."""
    cluster_roles = graph.subjects(ClusterRole)
    for role in (*graph.subjects(Role), *cluster_roles):
        for rule in access_rules(role):
            graph.add_subject(rule)
    for role in cluster_roles:
        for node in role.root.items_at("aggregationRule", "clusterRoleSelectors"):
            selector = label_selector(node)
            if selector.requirements and not _selects_builtin(selector):
                wanted = Key("kubernetes", "ClusterRole", "", str(selector))
                if not graph.may_link(selector.node, len(cluster_roles)):
                    return
                holders = [(other, other.labels) for other in cluster_roles if other is not role]
                select_labelled(graph, "aggregates", role, selector, wanted, holders)


def _selects_builtin(selector: Selector) -> bool:
    return all(requirement.key in _BUILTIN_LABELS for requirement in selector.requirements)


def access_rules(role: KubernetesObject) -> list[AccessRule]:
    """Return the rules of a Role or ClusterRole."""
    return [
        AccessRule(
            role,
            node,
            *(
                [item for item in node.items_at(name) if isinstance(item, Scalar)]
                for name in ("apiGroups", "resources", "verbs", "resourceNames", "nonResourceURLs")
            ),
        )
        for node in role.root.items_at("rules")
    ]


@dataclass(slots=True)
class NameProblem:
    """A name that no request has: the scalar, why (a clause for its place), what was meant, and else what to do."""

    node: Scalar
    reason: str
    meant: list[str] = field(default_factory=list)
    help: str = "correct the name"


class AccessTable:
    """All names that rules may use."""

    def __init__(self, graph: Graph) -> None:
        self._by_group: dict[str, dict[str, Resource]] = defaultdict(dict)
        self._groups_of: dict[str, list[str]] = defaultdict(list)
        self._extra: dict[tuple[str, str], list[AuthorizationOnly]] = defaultdict(list)
        builtin = [*resources().values(), *_EXTENSION_SERVERS, *_FORMER]
        for known in (*builtin, *crds.resources().values(), *istio.resources().values(), *_defined(graph)):
            self._by_group[known.group][known.plural] = known
            if known.group not in self._groups_of[known.plural]:
                self._groups_of[known.plural].append(known.group)
        for only in authorization_only():
            self._extra[only.group, only.plural].append(only)
        self._complete = BUILTIN_GROUPS | {known.group for known in builtin}

    # -- groups ----------------------------------------------------------------------------------------------------

    def group_problem(self, group: Scalar) -> NameProblem | None:
        """Return what is wrong with the name of an API group; None where it is one or may be one."""
        name = group.text
        if group.opaque or name == "*" or name in self._by_group or name in self._complete:
            return None
        if "/" in name:
            meant = name.partition("/")[0]
            return NameProblem(group, "a group is named without its version", [meant] if self._known(meant) else [])
        if name in ("core", "v1"):
            return NameProblem(group, "the core group is the empty string", [""])
        if "." not in name:
            longer = [known for known in self._complete if known.startswith(f"{name}.")]
            if len(longer) == 1:
                return NameProblem(group, "groups are written in full", longer)
        if name.endswith(_COMMUNITY):
            return None
        known = (other for other in (*self._by_group, *self._complete) if other.count(".") == name.count("."))
        near = nearest(name, known)
        return NameProblem(group, "no API has this name", near) if near else None

    def _known(self, name: str) -> bool:
        return name in self._by_group or name in self._complete

    def of_kind(self, group: str, kind: str) -> Resource | None:
        """Return the resource of a kind; None where no known one has it."""
        return next((known for known in self._by_group.get(group, {}).values() if known.kind == kind), None)

    # -- resources -------------------------------------------------------------------------------------------------

    def meanings(self, rule: AccessRule, name: str) -> list[Resource]:
        """Return the resources that a name (without subresource) means in the groups of a rule."""
        groups = self._groups_of.get(name, []) if rule.any_group else [group.text for group in rule.groups]
        return [known for group in groups if (known := self._by_group.get(group, {}).get(name)) is not None]

    def resource_problem(self, rule: AccessRule, resource: Scalar) -> NameProblem | None:
        """Return what is wrong with the name of a resource; None where it is one or may be one."""
        name, _, part = resource.text.partition("/")
        if resource.opaque or name == "*":
            return None
        found = self.meanings(rule, name)
        if found:
            return self._part_problem(resource, found, part) if part else None
        groups = [group.text for group in rule.groups]
        if any((group, name) in self._extra for group in groups) or (rule.any_group and self._is_extra(name)):
            return None
        pool = list(self._by_group) if rule.any_group else groups
        open_world = rule.any_group or any(not self._known(group) for group in groups)
        other = self._other_names(pool, name, short=not open_world)
        if other:
            suffix = f"/{part}" if part else ""
            return NameProblem(resource, "rules name the plural in lower case", [f"{word}{suffix}" for word in other])
        if rule.any_group or any(self.group_problem(group) is not None for group in rule.groups):
            return None  # any group may have it; a wrong group has a finding of its own
        near = nearest(name, {known for group in groups for known in self._by_group.get(group, ())})
        if all(group in self._complete for group in groups):
            elsewhere = [group for group in self._groups_of.get(name, ()) if group != "extensions"]
            if elsewhere:
                reason = f"{_group(elsewhere[0])} has this resource, not {_groups(groups)}"
                return NameProblem(resource, reason, help=f'put it into a rule with `apiGroups: ["{elsewhere[0]}"]`')
            return NameProblem(resource, f"{_groups(groups)} has no such resource", near)
        return NameProblem(resource, "no such resource is known", near) if near else None

    def _is_extra(self, name: str) -> bool:
        return any(plural == name for _, plural in self._extra)

    def _other_names(self, groups: list[str], name: str, *, short: bool) -> list[str]:
        """Return the plurals of resources that a name is the kind, the singular or (``short``) a short name of."""
        lower = name.lower()
        return sorted(
            {
                known.plural
                for group in groups
                for known in self._by_group.get(group, {}).values()
                if lower == known.kind.lower() or (short and lower in known.short_names) or lower == known.plural
            }
        )

    def _part_problem(self, resource: Scalar, found: list[Resource], part: str) -> NameProblem | None:
        name = resource.text.partition("/")[0]
        parts = {known for item in found for known in item.subresources}
        parts |= {known for item in found for only in self._extra[item.group, name] for known in only.subresources}
        if part in _ANY_SUBRESOURCE or "*" in parts or part in parts or part.partition("/")[0] in parts:
            return None
        near = nearest(part, parts) or [known for known in parts if part == f"{known}s"]
        if not near:
            return None  # what controllers ask for may be served by a newer or an older server
        return NameProblem(resource, f"`{name}` has no such subresource", [f"{name}/{word}" for word in near])

    # -- verbs -----------------------------------------------------------------------------------------------------

    def verb_problem(self, rule: AccessRule, verb: Scalar) -> NameProblem | None:
        """Return what is wrong with a verb; None where requests have it or may have it."""
        word = verb.text
        if verb.opaque or word == "*" or ":" in word:
            return None
        if rule.paths and not rule.resources:
            if word in PATH_VERBS:
                return None
            near = [word.lower()] if word.lower() in PATH_VERBS else nearest(word, PATH_VERBS)
            return NameProblem(verb, "paths are asked for with the methods of HTTP, in lower case", near)
        if word in VERBS or any(word in verbs for verbs in self._special_verbs(rule)):
            return None
        lower = word.lower()
        if lower in VERBS:
            return NameProblem(verb, "verbs are compared as they stand, in lower case", [lower])
        near = nearest(word, VERBS) or list(_OTHER_WORDS.get(lower, ()))
        if near and not all(group in self._complete for group in (group.text for group in rule.groups)):
            near = near if lower not in _OTHER_WORDS else []  # an extension server may know the word
        return NameProblem(verb, "no request has this verb", near) if near else None

    def _special_verbs(self, rule: AccessRule) -> Iterator[tuple[str, ...]]:
        everything = any(resource.text == "*" for resource in rule.resources)
        names = {resource.text.partition("/")[0] for resource in rule.resources}
        for (_, plural), only in self._extra.items():
            if everything or plural in names:
                yield from (item.verbs for item in only)

    # -- scope -----------------------------------------------------------------------------------------------------

    def cluster_scoped(self, rule: AccessRule, resource: Scalar) -> bool:
        """Tell whether a name means only resources without namespace.

        Requests for one Namespace are counted to that very namespace, so a Role can grant them.
        """
        name = resource.text.partition("/")[0]
        found = self.meanings(rule, name)
        open_groups = rule.any_group or not all(group.text in self._by_group for group in rule.groups)
        return (
            bool(found)
            and not resource.opaque
            and not open_groups
            and all(not known.namespaced and (known.group, known.plural) != _OWN_SCOPE for known in found)
        )


def access_table(graph: Graph) -> AccessTable:
    """Return the table of all names."""
    return graph.once("access table", lambda: AccessTable(graph))


def grants_cluster_scope_only(table: AccessTable, role: ClusterRole) -> bool:
    """Tell whether a ClusterRole has rules, and all of them are for what lives in no namespace."""
    rules = access_rules(role)
    return (
        bool(rules)
        and role.root.at("aggregationRule") is None
        and all(bool(rule.resources or rule.paths) for rule in rules)
        and all(table.cluster_scoped(rule, resource) for rule in rules for resource in rule.resources)
    )


def named_in_vain(graph: Graph, rule: AccessRule, resource: Scalar, verb: str) -> bool:
    """Tell whether a rule with names cannot grant a verb without name on a resource, and no other rule grants it.

    Requests for a subresource have the name of its object in their path. Source: Kubernetes documentation, "Using RBAC
    Authorization", section "Referring to resources".
    """
    if resource.opaque or resource.text == "*" or "/" in resource.text:
        return False
    groups = {group.text for group in rule.groups}
    others = graph.once(("unnamed rules", id(rule.role), verb), lambda: _unnamed(rule.role, verb))
    return len(others) <= _MOST_RULES and not any(
        _has(other.resources, resource.text) and (other.any_group or groups <= {group.text for group in other.groups})
        for other in others
    )


def _unnamed(role: KubernetesObject, verb: str) -> list[AccessRule]:
    return [rule for rule in access_rules(role) if not rule.names and _has(rule.verbs, verb)]


def _has(entries: list[Scalar], wanted: str) -> bool:
    return any(entry.opaque or entry.text in ("*", wanted) for entry in entries)


def _defined(graph: Graph) -> Iterator[Resource]:
    """Yield the resources that CustomResourceDefinitions of the repository define."""
    for definition in graph.subjects(CustomResourceDefinition):
        spec = definition.root.at("spec")
        if spec is None:
            continue
        group, kind, plural = spec.text_at("group"), spec.text_at("names", "kind"), spec.text_at("names", "plural")
        if group and kind and plural:
            short = tuple(item.text for item in spec.items_at("names", "shortNames") if isinstance(item, Scalar))
            yield Resource(group, kind, plural, spec.text_at("scope") != "Cluster", (), short)


def _group(name: str) -> str:
    return f"group `{name}`" if name else 'the core group (`""`)'


def _groups(names: list[str]) -> str:
    return " or ".join(dict.fromkeys(_group(name) for name in names)) or "no group"
