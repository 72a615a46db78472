"""ValidatingAdmissionPolicies evaluated on the objects of the repository, as if each were created.

What only the cluster knows makes a verdict unknown: who asks, labels of Namespaces that no file holds, parameters that
live elsewhere, fields that the API server fills in.

Source: Kubernetes documentation, "Validating Admission Policy"; API reference, ValidatingAdmissionPolicySpec.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from kubelint.graph.query import Graph
from kubelint.systems.kubernetes import cel
from kubelint.systems.kubernetes.access import access_table
from kubelint.systems.kubernetes.admission import AdmissionBinding, AdmissionPolicy, Refusal
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.policy import namespace_labels
from kubelint.systems.kubernetes.scope import units_together
from kubelint.systems.kubernetes.selectors import label_selector
from kubelint.tree.dialect import GO_YAML_V2
from kubelint.tree.node import Mapping, Node, Scalar
from kubelint_schemas.kubernetes.resources import Resource

_NAMES = ("object", "oldObject", "params", "request", "namespaceObject", "variables")
_NAME_LABEL = "kubernetes.io/metadata.name"
_MAX_EVALUATIONS = 20_000
#: Fields that the API server fills in, so that their absence in a file says nothing.
_FILLED_IN = re.compile(
    r"\b(?:clusterIP|creationTimestamp|dnsPolicy|failureThreshold|imagePullPolicy|internalTrafficPolicy|ipFamilies"
    r"|periodSeconds|progressDeadlineSeconds|protocol|replicas|resourceVersion|restartPolicy|revisionHistoryLimit"
    r"|schedulerName|securityContext|serviceAccountName|sessionAffinity|status|strategy|successThreshold|targetPort"
    r"|terminationGracePeriodSeconds|terminationMessagePath|terminationMessagePolicy|timeoutSeconds|tolerations|uid"
    r"|updateStrategy|volumeBindingMode|volumeMode|volumes|volumeMounts|requests)\b"
)


class Evaluation:
    """Evaluates policies; compiles each text once and keeps count of what was not evaluated."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.unchecked = 0
        self._left = _MAX_EVALUATIONS
        self._compiled: dict[str, cel.Expression | None] = {}

    def of(self, policy: AdmissionPolicy, binding: AdmissionBinding) -> Iterator[Refusal]:
        """Yield the objects that a policy refuses through a binding."""
        for item in self.graph.subjects(KubernetesObject):
            if isinstance(item, AdmissionPolicy | AdmissionBinding) or item.opaque:
                continue
            if not units_together(self.graph, item.unit, policy.unit):
                continue
            constraints = policy.root.mapping("spec", "matchConstraints")
            narrowed = binding.root.mapping("spec", "matchResources")
            if constraints is not None and self._meant(item, constraints) and self._meant(item, narrowed):
                yield from self._refusals(item, policy, binding)

    def _refusals(
        self, item: KubernetesObject, policy: AdmissionPolicy, binding: AdmissionBinding
    ) -> Iterator[Refusal]:
        if any(isinstance(node, Scalar) and node.opaque for node in item.root.walk()):
            self.unchecked += len(policy.root.items_at("spec", "validations"))
            return
        known = self._variables(item, policy, binding)
        for condition in policy.root.items_at("spec", "matchConditions"):
            if self._holds(condition.scalar("expression"), known, item) is not True:
                return
        for validation in policy.root.items_at("spec", "validations"):
            text = validation.scalar("expression")
            verdict = self._holds(text, known, item)
            if verdict is None:
                self.unchecked += 1
            elif not verdict and text is not None:
                yield Refusal(item, policy, binding, text, validation.text_at("message"))

    def _variables(self, item: KubernetesObject, policy: AdmissionPolicy, binding: AdmissionBinding) -> dict[str, Any]:
        data = item.root.data(GO_YAML_V2)
        api_version = item.root.text_at("apiVersion") or ""
        known: dict[str, Any] = {
            "object": data,
            "oldObject": None,
            "request": {
                "operation": "CREATE",
                "namespace": item.namespace,
                "name": item.name,
                "kind": {"group": item.group, "version": api_version.rpartition("/")[2], "kind": item.kind},
            },
            "variables": {},
        }
        params = self._parameters(policy, binding)
        if params is not None:
            known["params"] = params
        for variable in policy.root.items_at("spec", "variables"):
            name, text = variable.text_at("name"), variable.scalar("expression")
            value = None if text is None else self._value(text, known, item)
            if name is not None and value is not None:
                known["variables"] = {**known["variables"], name: value}
        return known

    def _parameters(self, policy: AdmissionPolicy, binding: AdmissionBinding) -> Any:
        """Return the object that a binding gives to its policy; None where it is not in the repository."""
        kind = policy.root.text_at("spec", "paramKind", "kind")
        name = binding.root.text_at("spec", "paramRef", "name")
        where = binding.root.text_at("spec", "paramRef", "namespace") or ""
        if kind is None or name is None:
            return None
        found = [
            item
            for item in self.graph.subjects(KubernetesObject)
            if item.kind == kind and item.name == name and item.namespace == where
        ]
        return found[0].root.data(GO_YAML_V2) if len(found) == 1 else None

    # -- expressions ---------------------------------------------------------------------------------------------------

    def _compile(self, text: str) -> cel.Expression | None:
        if text not in self._compiled:
            self._compiled[text] = cel.compile_expression(text, _NAMES)
        return self._compiled[text]

    def _holds(self, text: Scalar | None, known: dict[str, Any], item: KubernetesObject) -> bool | None:
        value = None if text is None else self._value(text, known, item)
        return value if isinstance(value, bool) else None

    def _value(self, text: Scalar, known: dict[str, Any], item: KubernetesObject) -> Any:
        self._left -= 1
        if self._left < 0 or text.opaque:
            return None
        for found in _FILLED_IN.finditer(text.text):
            # Only what the file leaves out may be filled in.
            if found[0] not in item.root.source.text[item.root.start : item.root.end]:
                return None
        expression = self._compile(text.text)
        return None if expression is None else expression.value(known, item.root.end - item.root.start)

    # -- which objects -------------------------------------------------------------------------------------------------

    def _meant(self, item: KubernetesObject, match: Mapping | None) -> bool:
        """Tell whether an object is surely among those that a match is about."""
        if match is None:
            return True
        resource = access_table(self.graph).of_kind(item.group, item.kind)
        rules = match.items_at("resourceRules")
        if resource is None or (rules and not any(_covers(rule, item, resource) for rule in rules)):
            return False
        if any(_covers(rule, item, resource) for rule in match.items_at("excludeResourceRules")):
            return False
        return self._selected(item, match)

    def _selected(self, item: KubernetesObject, match: Mapping) -> bool:
        objects, namespaces = match.mapping("objectSelector"), match.mapping("namespaceSelector")
        if objects is not None:
            selector = label_selector(objects)
            if selector.opaque or not selector.matches(item.labels):
                return False
        if namespaces is None or not len(namespaces) or item.cluster_scoped:
            return True
        selector = label_selector(namespaces)
        known = namespace_labels(self.graph, item.namespace) if item.namespace else []
        name = item.root.scalar("metadata", "namespace")
        own = {} if name is None else {_NAME_LABEL: name}
        return (
            not selector.opaque and bool(known) and all(selector.matches({**labels, **own}) for labels in known)
        ) or (bool(own) and _only_names(selector.requirements) and selector.matches(own))


def _only_names(requirements: Iterable[Any]) -> bool:
    return all(requirement.key == _NAME_LABEL for requirement in requirements)


def _covers(rule: Node, item: KubernetesObject, resource: Resource) -> bool:
    def has(field: str, *wanted: str) -> bool:
        return any(isinstance(entry, Scalar) and entry.text in wanted for entry in rule.items_at(field))

    names = [entry.text for entry in rule.items_at("resourceNames") if isinstance(entry, Scalar)]
    version = (item.root.text_at("apiVersion") or "").rpartition("/")[2]
    return (
        has("operations", "CREATE", "*")
        and has("apiGroups", item.group, "*")
        and has("apiVersions", version, "*")
        and has("resources", resource.plural, "*", "*/*")
        and (not names or item.name in names)
        and (rule.text_at("scope") or "*") in ("*", "Cluster" if item.cluster_scoped else "Namespaced")
    )
