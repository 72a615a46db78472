"""kustomize/unknown-field."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.schema import Fault, SchemaError
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean
from kubelint.systems.kustomize.model import Kustomization
from kubelint.tree.node import Scalar


class UnknownField(Rule[Kustomization]):
    """A kustomization has a field that kustomize does not know, so the build fails.

    ## Why
    kustomize decodes its file strictly: `image:` for `images:`, a field of an object, or a field one level too deep
    ends the build with "unknown field".

    ## Example
    ```yaml kustomization.yaml
    apiVersion: kustomize.config.k8s.io/v1beta1
    kind: Kustomization
    namespace: shop
    image:
    - name: web
      newTag: "1.4"
    ```

    ## Stays silent when
    - the field is written in another case: kustomize does not mind (`Resources`, `fieldpath`)
    - the field is deprecated, but still read
    - the file holds an object of Flux instead of a kustomization

    ## Source
    kustomize, the kustomization reference and `api/types`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: Kustomization, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each field that the schema does not know."""
        del graph
        for error in subject.errors:
            if error.fault is Fault.UNKNOWN_FIELD:
                yield self._finding(subject, error)

    def _finding(self, subject: Kustomization, error: SchemaError) -> Finding:
        where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.path[:-1]).lstrip(".")
        holder = f"`{where}`" if where else "a Component" if subject.component else "a Kustomization"
        candidates = error.candidates or _OTHER_WORDS.get(error.name.lower(), [])
        candidates = [name for name in candidates if name in error.allowed]
        fix = None
        if len(candidates) == 1 and isinstance(error.node, Scalar) and error.node.span.text == error.name:
            title = f"replace `{error.name}` with `{candidates[0]}`"
            fix = Fix(title, (TextEdit(error.node.span, candidates[0]),), Safety.UNSAFE)
        if candidates:
            advice = f"write `{candidates[0]}`"
        elif error.name == "apiVersion" and "target" in error.path:
            advice = "write its two parts as `group` and `version`"
        else:
            shown = [f"`{name}`" for name in error.allowed[:_MOST]]
            advice = "known fields are " + ", ".join(shown) + (" …" if len(error.allowed) > _MOST else "")
        return self.finding(
            f"{holder} has no field `{error.name}`",
            error.node,
            did_you_mean(candidates) or "kustomize refuses unknown fields",
            help=advice,
            fix=fix,
            subject=subject,
        )


_MOST = 8
#: What people write for a field whose name is not near.
_OTHER_WORDS = {
    "patch": ["patches"],
    "base": ["bases"],
    "prefix": ["namePrefix"],
    "suffix": ["nameSuffix"],
    "tag": ["newTag"],
    "annotations": ["commonAnnotations"],
    "configmaps": ["configMapGenerator"],
    "configmapgenerators": ["configMapGenerator"],
    "secrets": ["secretGenerator"],
    "patchesstrategic": ["patchesStrategicMerge"],
    "patchesjson": ["patchesJson6902"],
    "replica": ["replicas"],
    "replicacount": ["replicas"],
}
