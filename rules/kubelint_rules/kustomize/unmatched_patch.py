"""kustomize/unmatched-patch."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.suggest import did_you_mean
from kubelint.systems.kustomize.build.watch import IdlePatch
from kubelint.systems.kustomize.near import near, rewrite
from kubelint.words import cut, listed


class UnmatchedPatch(Rule[IdlePatch]):
    """A patch is for an object that the kustomization does not build.

    ## Why
    A patch whose `target` selects nothing changes nothing, and kustomize does not say so: the objects go out without
    it. A strategic merge patch without a `target` must find the object that it names itself, by apiVersion, kind,
    namespace and name; where it does not, the build fails with "no matches for Id".

    ## Example
    ```yaml kustomization.yaml
    resources:
    - deployment.yaml
    patches:
    - target:
        kind: Deployment
        name: frontent
      patch: |-
        - op: replace
          path: /spec/replicas
          value: 3
    ```
    ```yaml deployment.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: frontend
    spec:
      replicas: 1
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
    - a base lies on another host, or a chart or a plugin may make the object
    - the kustomization is a component and the patch finds something in one of the builds that use it
    - the target names the object as it was called before a prefix, a suffix or a namespace changed it
    - the target is a pattern (`name: web-.*`) that matches something

    ## Source
    kustomize, the kustomization reference: `patches`; `api/builtins/PatchTransformer`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    fixable = True

    def check(self, subject: IdlePatch, graph: Graph) -> Iterator[Finding]:
        """Yield the finding of a patch."""
        del graph
        wanted, part = subject.wanted, subject.part
        similar = near(wanted, subject.known)
        related = [(node, f"the {part} here is `{name}`") for name, node in list(similar.items())[:2]]
        if similar:
            label, advice = did_you_mean(list(similar)), f"write `{next(iter(similar))}`"
        elif part == "namespace":
            there = listed(name for name in subject.known if name)
            label = f"the object of that name is in {there}" if there else "the object of that name has no namespace"
            advice = "write the namespace that the object has by then"
            related = [(node, "the object of that name") for node in list(subject.known.values())[:1]]
        elif subject.known and part != "name":
            label, advice = f"the object that is there has {listed(subject.known)}", f"correct the {part}"
            related = [(node, "the object of that name") for node in list(subject.known.values())[:1]]
        elif subject.known:
            label, advice = f"there is {listed(subject.known)}", "name one of them, or remove the patch"
        else:
            label, advice = "nothing fits it", "list the object, or remove the patch"
        yield self.finding(
            f"the patch finds no object with the {part} `{cut(wanted, 30)}`" if part else "the patch finds no object",
            subject.node,
            f"{label}; the build fails" if subject.fatal and not similar else label,
            related=related,
            help=advice,
            note=None if subject.fatal else "kustomize applies nothing and does not say so",
            fix=rewrite(subject.node, similar),
            severity=Severity.ERROR if subject.fatal or similar else None,
            subject=subject.owner,
        )
