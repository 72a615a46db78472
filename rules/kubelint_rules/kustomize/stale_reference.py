"""kustomize/stale-reference."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.model import Reference, Resource
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kustomize.members import Renamed
from kubelint.tree.made import MadeScalar
from kubelint.tree.node import Scalar
from kubelint.words import cut


class StaleReference(Rule[Renamed]):
    """kustomize renames an object, and a reference to it keeps the old name.

    ## Why
    `namePrefix`, `nameSuffix` and the hash of a generated ConfigMap or Secret change names. kustomize follows them in
    the fields of its own table only: not in Istio's hosts, the backends of the Gateway API, custom resources such as an
    Argo Rollout, the `serviceAccountName` of a ReplicaSet, or addresses in environment variables. What is rolled out
    asks for a name that no object has.

    ## Example
    ```yaml kustomization.yaml
    namePrefix: staging-
    resources:
    - service.yaml
    - route.yaml
    ```
    ```yaml service.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: reviews
    spec:
      type: ExternalName
      externalName: reviews.example.com
      ports:
      - name: http
        port: 80
    ```
    ```yaml route.yaml
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: reviews
    spec:
      hosts:
      - reviews.example.com
      http:
      - route:
        - destination:
            host: reviews
    ```

    ## Stays silent when
    - kustomize rewrites the reference, by its own table or by `configurations`
    - a patch, a replacement or a var has put the final name there
    - an object of another kustomization or folder has the old name
    - parts of the build are only known elsewhere

    ## Source
    kustomize, `api/internal/konfig/builtinpluginconsts/namereference.go`; the kustomization reference:
    `configurations`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: Renamed, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each reference that keeps an old name."""
        item, final = subject.item, subject.node.text
        seen: set[tuple[str, int]] = set()
        for reference in graph.incoming(item):
            node = reference.node
            name = _old_name(reference, subject)
            if name is None or not isinstance(node, Scalar) or _exists_elsewhere(subject, name, graph):
                continue
            place = (node.source.path, node.start)
            if place in seen:
                continue
            seen.add(place)
            by = subject.node.by if isinstance(subject.node, MadeScalar) else None
            related = [(item.node, f"{item.kind} `{item.name}` is `{cut(final)}` in the build")]
            if by is not None and by.source.path != item.node.source.path:
                related.append((by, "this changes the name"))
            yield self.finding(
                f"{item.kind} `{cut(name, 30)}` is renamed in the build",
                node,
                f"kustomize does not rewrite this to `{cut(final)}`",
                related=related,
                help=_advice(reference.source, item.kind, whole=node.text == name),
                subject=reference.source,
            )


def _old_name(reference: Reference, subject: Renamed) -> str | None:
    """Return the name that a reference asks for, where it is an old one of the object and stays as it is."""
    wanted, node = reference.wanted, reference.node
    if reference.source.unit is not subject.item.unit or id(node) in subject.followed:
        return None
    if wanted.kind == _HOST and subject.item.key.kind == "Service":
        name = wanted.name.partition(".")[0]
    elif wanted.kind == subject.item.key.kind:
        name = wanted.name
    else:
        return None
    written = isinstance(node, Scalar) and not node.opaque and name in node.text
    return name if written and name in subject.names else None


def _exists_elsewhere(subject: Renamed, name: str, graph: Graph) -> bool:
    """Tell whether something else of the repository has the old name, so that the reference may mean that."""
    item = subject.item
    return any(
        other.unit is not item.unit and other.node.source is not item.node.source
        for other in graph.find(item.key._replace(name=name))
    )


#: What Istio's references ask for: a host, whose first part is the name of a Service.
_HOST = "host"


def _advice(source: Resource, kind: str, *, whole: bool) -> str:
    if not whole:
        return "set it with a replacement, or leave the prefix out"
    return f"add a `nameReference` from {kind} to this field of {source.key.kind.partition('.')[0]} to `configurations`"
