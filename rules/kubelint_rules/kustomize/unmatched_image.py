"""kustomize/unmatched-image."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean
from kubelint.systems.kustomize.build.transformers import split_image
from kubelint.systems.kustomize.build.watch import IdleImage
from kubelint.systems.kustomize.near import near, rewrite
from kubelint.tree.node import Node, Scalar
from kubelint.words import cut, listed


class UnmatchedImage(Rule[IdleImage]):
    """An entry of `images` is for an image that no container of the kustomization has.

    ## Why
    kustomize replaces the images whose name is the one of the entry, registry included and without tag or digest. An
    entry that matches none changes nothing, and kustomize does not say so: the old tag is rolled out.

    ## Example
    ```yaml kustomization.yaml
    resources:
    - deployment.yaml
    images:
    - name: registry.example.com/fronted
      newTag: 1.5.0
    ```
    ```yaml deployment.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: frontend
    spec:
      selector:
        matchLabels:
          app: frontend
      template:
        metadata:
          labels:
            app: frontend
        spec:
          containers:
          - name: frontend
            image: registry.example.com/frontend:1.4.0
    ```

    ## Stays silent when
    - a base lies on another host, or a chart or a plugin may bring the image
    - the kustomization is a component and the image is in one of the builds that use it
    - the image is in the containers of a custom resource, or where `configurations` say that images stand

    ## Source
    kustomize, the kustomization reference: `images`; `api/filters/imagetag`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    fixable = True

    def check(self, subject: IdleImage, graph: Graph) -> Iterator[Finding]:
        """Yield the finding of an entry."""
        del graph
        wanted, node = subject.wanted, subject.node
        if isinstance(node, Scalar) and node.opaque:
            return
        name = split_image(wanted)[0]
        fix, similar = None, dict[str, Node]()
        if not wanted or not isinstance(node, Scalar):
            headline, label = "an entry of `images` names no image", "matches nothing"
            advice = "write the name of the image that is meant"
        elif name != wanted and name in subject.known:
            headline, label = f"`{cut(wanted)}` has a tag, and so matches no image", "the name ends before it"
            advice, similar = f"write `{name}`", {name: subject.known[name]}
            span = node.part(0, len(wanted))
            fix = Fix(f"replace `{wanted}` with `{name}`", (TextEdit(span, name),), Safety.UNSAFE)
        else:
            headline = f"no container has the image `{cut(wanted)}`"
            similar = near(wanted, subject.known) or _same_end(wanted, subject.known)
            label = did_you_mean(list(similar)) or (f"there is {listed(subject.known)}" if subject.known else "")
            advice = f"write `{next(iter(similar))}`" if similar else "correct the name, or remove the entry"
            fix = rewrite(node, similar)
        yield self.finding(
            headline,
            node,
            label or "matches nothing",
            related=[(image, f"the image here is `{each}`") for each, image in list(similar.items())[:2]],
            help=advice,
            note="kustomize changes nothing and does not say so",
            fix=fix,
            severity=Severity.ERROR if similar else None,
            subject=subject.owner,
        )


def _same_end(wanted: str, known: Mapping[str, Node]) -> dict[str, Node]:
    """Return the images of the same last part: only the registry is another one, or is left out."""
    end = wanted.rpartition("/")[2]
    found = {name: node for name, node in known.items() if name.rpartition("/")[2] == end}
    return found if len(found) == 1 else {}
