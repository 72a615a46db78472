"""kubernetes/unknown-kind."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean, nearest
from kubelint.systems.kubernetes.model import BUILTIN_GROUPS, ConfigurationFile, KubernetesObject
from kubelint.systems.kubernetes.validation import custom_kinds, is_known, known_kinds
from kubelint.tree.node import Scalar


class UnknownKind(Rule[KubernetesObject]):
    """No API has an object of this apiVersion and kind.

    ## Why
    A misspelt kind is rejected when it is applied, and every tool that skips unknown kinds reports one object less, so
    a run gets greener by the mistake.

    ## Example
    ```yaml deployment.yaml
    apiVersion: apps/v1
    kind: Deploymnet
    metadata:
      name: web
    spec:
      replicas: 2
    ```

    ## Stays silent when
    - the group is not one of Kubernetes itself and nothing known in it is near: the kind is a custom resource, which is
      counted as not checked
    - a CustomResourceDefinition of the repository defines the kind
    - the kind existed once: `kubernetes/removed-api` says so

    ## Source
    Kubernetes API reference; the schemas of the bundled versions and custom resources.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    alone = True

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding where apiVersion and kind name nothing."""
        api_version, kind = subject.api_version, subject.kind_node
        if isinstance(subject, ConfigurationFile) or kind is None or kind.opaque:
            return
        if api_version is None:
            candidates = sorted({known for known, name in known_kinds(graph) if name == kind.text})
            meant = f"; `{_newest(candidates)}` has this kind" if candidates else ""
            yield self.finding(
                f"{kind.text} has no `apiVersion`",
                kind,
                "of which API?",
                help=f"add `apiVersion`{meant}",
                subject=subject,
            )
            return
        if api_version.opaque:
            return
        if subject.group in BUILTIN_GROUPS:
            yield from self._builtin(subject, api_version, kind, graph)
        else:
            yield from self._custom(subject, api_version, kind, graph)

    def _builtin(self, subject: KubernetesObject, version: Scalar, kind: Scalar, graph: Graph) -> Iterator[Finding]:
        known = known_kinds(graph)
        if (version.text, kind.text) in known or (
            kind.text.endswith("List") and (version.text, kind.text[:-4]) in known
        ):
            return
        if (version.text, kind.text) in custom_kinds(graph):
            return
        here = [name for api, name in known if api == version.text]
        elsewhere = [api for api, name in known if name == kind.text]
        if elsewhere:
            right = _newest(elsewhere)
            yield self.finding(
                f"{kind.text} is no kind of `{version.text}`",
                version,
                f"{kind.text} belongs to `{right}`",
                help=f"write `apiVersion: {right}`",
                fix=_replace(version, right),
                subject=subject,
            )
            return
        names = nearest(kind.text, here) or nearest(kind.text, {name for _, name in known})
        yield self.finding(
            f"`{kind.text}` is no kind of `{version.text}`",
            kind,
            did_you_mean(names) or "the API server rejects it",
            help=f"write `{names[0]}`" if names else "see `kubectl api-resources` for the kinds that exist",
            fix=_replace(kind, names[0]) if len(names) == 1 else None,
            subject=subject,
        )

    def _custom(self, subject: KubernetesObject, version: Scalar, kind: Scalar, graph: Graph) -> Iterator[Finding]:
        if is_known(graph, subject):
            return
        defined = custom_kinds(graph)
        group = subject.group
        same_group = [name for api, name in defined if api.rpartition("/")[0] == group]
        if same_group:
            if kind.text in same_group:
                return  # another version of a known kind: what serves it may be newer or older than the bundled one
            names = nearest(kind.text, same_group)
            if names:
                yield self.finding(
                    f"`{kind.text}` is no kind of `{version.text}`",
                    kind,
                    did_you_mean(names),
                    help=f"write `{names[0]}`",
                    fix=_replace(kind, names[0]) if len(names) == 1 else None,
                    subject=subject,
                )
            return
        # The kind is a known one and the group a slip of the group that has it.
        groups = {api for api, name in (*known_kinds(graph), *defined) if name == kind.text}
        near = [api for api in groups if nearest(group, [api.rpartition("/")[0]])]
        if near:
            right = _newest(near)
            yield self.finding(
                f"there is no API group `{group}`",
                version,
                f"{kind.text} belongs to `{right}`",
                help=f"write `apiVersion: {right}`",
                fix=_replace(version, right),
                subject=subject,
            )


def _newest(versions: list[str]) -> str:
    """Return the stable version where there is one, else the one with the highest number."""
    return max(versions, key=lambda api: ("alpha" not in api, "beta" not in api, not api.startswith("extensions"), api))


def _replace(node: Scalar, text: str) -> Fix | None:
    if node.span.text != node.text:
        return None
    return Fix(f"replace `{node.text}` with `{text}`", (TextEdit(node.span, text),), Safety.UNSAFE)
