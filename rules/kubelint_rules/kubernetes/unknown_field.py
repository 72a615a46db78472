"""kubernetes/unknown-field."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.schema import Fault, SchemaError
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.validation import schema_errors
from kubelint.tree.node import Scalar


class UnknownField(Rule[KubernetesObject]):
    """An object has a field that its kind does not know, so what it says is dropped or the object is rejected.

    ## Why
    A misspelt or wrongly indented field does nothing: older servers drop it in silence, `kubectl` with strict
    validation refuses the object.

    ## Example
    ```yaml deployment.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      replica: 3
      selector:
        matchLabels:
          app: web
      template:
        metadata:
          labels:
            app: web
        spec:
          containers:
          - name: web
            image: nginx:1.27
    ```

    ## Stays silent when
    - the kind is a custom resource without a schema, or the schema preserves unknown fields
    - the object is a patch of a kustomization

    ## Source
    Kubernetes API reference of the targeted version; the CustomResourceDefinition for custom resources.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    alone = True

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each field that the schema does not allow."""
        for error in schema_errors(graph, subject):
            if error.fault is Fault.UNKNOWN_FIELD:
                yield self._finding(subject, error)

    def _finding(self, subject: KubernetesObject, error: SchemaError) -> Finding:
        where = _dotted(error.path[:-1]) if error.path and error.path[-1] == error.name else _dotted(error.path)
        place = f"`{where}`" if where else subject.kind
        fix = None
        home = _home(subject, error)
        if home is not None:
            help_text = f"this key belongs to `{home}`: mind the indentation"
        elif error.candidates:
            help_text = f"write `{error.candidates[0]}`"
            if len(error.candidates) == 1 and isinstance(error.node, Scalar) and error.node.span.text == error.name:
                title = f"replace `{error.name}` with `{error.candidates[0]}`"
                fix = Fix(title, (TextEdit(error.node.span, error.candidates[0]),), Safety.UNSAFE)
        else:
            shown = ", ".join(f"`{name}`" for name in sorted(error.allowed)[:8])
            help_text = f"known fields are {shown}" + (" …" if len(error.allowed) > 8 else "") if shown else "remove it"
        return self.finding(
            f"{place} has no field `{error.name}`",
            error.node,
            did_you_mean(error.candidates) if home is None else "not here",
            help=help_text,
            fix=fix,
            subject=subject,
        )


#: Fields that people indent one level too far or too little, and where they belong.
_HOMES: tuple[tuple[str, frozenset[str]], ...] = (
    (
        "spec.template.spec",
        frozenset(
            {"volumes", "containers", "initContainers", "nodeSelector", "tolerations", "affinity", "imagePullSecrets",
             "serviceAccountName", "hostNetwork", "restartPolicy", "terminationGracePeriodSeconds", "dnsPolicy",
             "securityContext", "topologySpreadConstraints", "priorityClassName"}
        ),
    ),
    (
        "spec.template.spec.containers[]",
        frozenset(
            {"image", "imagePullPolicy", "env", "envFrom", "ports", "command", "args", "resources", "volumeMounts",
             "livenessProbe", "readinessProbe", "startupProbe", "lifecycle"}
        ),
    ),
)  # fmt: skip


def _home(subject: KubernetesObject, error: SchemaError) -> str | None:
    """Return where a field of pods or containers belongs that stands outside its place in a workload."""
    if not any(True for _ in subject.pod_templates()):
        return None
    for path, names in _HOMES:
        if error.name in names:
            return path.removeprefix("spec.template.") if subject.kind == "Pod" else path
    return None


def _dotted(path: tuple[str | int, ...]) -> str:
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text
