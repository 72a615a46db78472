"""ServiceAccounts: what bindings give to them, and which pods get their tokens.

Source: Kubernetes documentation, "Using RBAC Authorization" (Referring to subjects) and "Configure Service Accounts for
Pods" (Opt out of API credential automounting, Launch a Pod using service account token projection).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from kubelint.graph.model import Key
from kubelint.graph.query import Graph, fits
from kubelint.systems.kubernetes.model import ClusterRoleBinding, KubernetesObject, RoleBinding, ServiceAccount
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.tree.node import Node, Scalar


def bindings_of(graph: Graph, account: str, namespace: str) -> list[KubernetesObject]:
    """Return the bindings that give a ServiceAccount anything: by its name, as a user, or through its groups."""

    def collect() -> dict[str, list[tuple[KubernetesObject, str]]]:
        found: dict[str, list[tuple[KubernetesObject, str]]] = defaultdict(list)
        for binding in (*graph.subjects(RoleBinding), *graph.subjects(ClusterRoleBinding)):
            for subject in binding.root.items_at("subjects"):
                for name, where in _accounts(binding, subject):
                    found[name].append((binding, where))
        return found

    index = graph.once("bindings by account", collect)
    pairs = (*index.get(account, ()), *index.get("*", ()))
    return list({id(binding): binding for binding, where in pairs if fits(where, namespace)}.values())


def _accounts(binding: KubernetesObject, subject: Node) -> Iterator[tuple[str, str]]:
    """Yield name and namespace of the accounts that a subject means; ``*`` for all, an empty namespace for any."""
    kind, name = subject.text_at("kind"), subject.scalar("name")
    if name is None:
        return
    if name.opaque:
        yield "*", ""
    elif kind == "ServiceAccount":
        given = subject.scalar("namespace")
        yield name.text, binding.namespace if given is None else "" if given.opaque else given.text
    elif kind == "User" and name.text.startswith("system:serviceaccount:"):
        _, _, rest = name.text.partition("system:serviceaccount:")
        where, _, account = rest.partition(":")
        yield account, where
    elif kind == "Group" and name.text in ("system:serviceaccounts", "system:authenticated"):
        yield "*", ""
    elif kind == "Group" and name.text.startswith("system:serviceaccounts:"):
        yield "*", name.text.removeprefix("system:serviceaccounts:")


def account_name(template: PodTemplate) -> Scalar | None:
    """Return the node of the account that a pod runs as; None where it is the default one."""
    return template.spec.scalar("serviceAccountName") or template.spec.scalar("serviceAccount")


def account_of(graph: Graph, template: PodTemplate) -> ServiceAccount | None:
    """Return the ServiceAccount that a pod names; None where the repository has none of the name, or several."""
    name = account_name(template)
    if name is None or name.opaque:
        return None
    wanted = Key("kubernetes", "ServiceAccount", template.owner.namespace, name.text)
    found = graph.find(wanted, template.owner.unit, file=name.source)
    return found[0] if len(found) == 1 and isinstance(found[0], ServiceAccount) else None


def token_switch(template: PodTemplate, account: ServiceAccount) -> tuple[bool, Scalar | None]:
    """Return whether the pod gets a token of its account, and the node that decides (None: the default, yes).

    The pod decides before the account. A placeholder counts as yes without a node.
    """
    for node in (
        template.spec.scalar("automountServiceAccountToken"),
        account.root.scalar("automountServiceAccountToken"),
    ):
        if node is not None:
            return node.opaque or node.text != "false", None if node.opaque else node
    return True, None


def has_own_token(template: PodTemplate) -> bool:
    """Tell whether the pod gets a token from a volume of its own."""
    for volume in template.spec.items_at("volumes"):
        if volume.at("secret") is not None or volume.at("csi") is not None:
            return True
        if any(source.at("serviceAccountToken") is not None for source in volume.items_at("projected", "sources")):
            return True
    return False


def others_use_token(graph: Graph, account: ServiceAccount) -> bool:
    """Tell whether some pods of the repository run as an account and get its token."""

    def collect() -> frozenset[int]:
        return frozenset(
            id(found)
            for template in graph.subjects(PodTemplate)
            if (found := account_of(graph, template)) is not None
            and (token_switch(template, found)[0] or has_own_token(template))
        )

    return id(account) in graph.once("accounts with a token in use", collect)
