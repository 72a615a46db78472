"""Values of single objects: the faults that strict schema validation lets through."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent

import pytest

from kubelint.check import check
from kubelint.config import Settings
from kubelint.finding import Finding
from kubelint.systems.kubernetes.parts import short
from kubelint_schemas import kubernetes as pack
from kubelint_schemas.kubernetes import values
from kubelint_schemas.kubernetes.deprecations import deprecated_fields

POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: web
    image: nginx:1.27
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
"""
TEMPLATE = """\
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
"""
INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
spec:
  rules:
  - host: shop.example.com
    http:
      paths:
      - path: /
        pathType: Prefix
        backend:
          service:
            name: web
            port:
              number: 80
"""
ROLE = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: deployer
rules:
- apiGroups: [apps]
  resources: [deployments]
  verbs: [get]
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    app: web
  ports:
"""
POLICY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: web
spec:
  podSelector: {}
"""
AUTOSCALER = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: web
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: web
  minReplicas: 1
  maxReplicas: 3
"""
CLAIM = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: data
spec:
  accessModes: [ReadWriteOnce]
  resources:
    requests:
      storage: 1Gi
"""

#: What is wrong, the manifest with the scalar to be found between « and », the rule.
FAULTS = [
    # pod
    ("restart policy", POD + "  restartPolicy: «Sometimes»\n", "wrong-value"),
    ("pull policy", POD + "    imagePullPolicy: «always»\n", "wrong-value"),
    ("cpu 1x", POD + "    resources: {limits: {cpu: «1x»}}\n", "malformed-quantity"),
    ("memory 1gb", POD + "    resources: {limits: {memory: «1gb»}}\n", "malformed-quantity"),
    ("port 99999", POD + "    ports:\n    - containerPort: «99999»\n", "wrong-value"),
    ("protocol HTTP", POD + "    ports:\n    - containerPort: 80\n      protocol: «HTTP»\n", "wrong-value"),
    (
        "probe of an unknown port",
        POD + "    ports: [{name: http, containerPort: 80}]\n    livenessProbe: {tcpSocket: {port: «health»}}\n",
        "probe-port-not-found",
    ),
    (
        "probe with two handlers",
        POD + "    livenessProbe:\n      tcpSocket: {port: 80}\n      «httpGet»: {port: 80}\n",
        "exclusive-fields",
    ),
    ("container name twice", POD + "  - name: «web»\n    image: nginx:1.27\n", "duplicate-entry"),
    ("variable twice", POD + "    env:\n    - {name: A, value: b}\n    - {name: «A», value: c}\n", "duplicate-entry"),
    ("mount without volume", POD + "    volumeMounts:\n    - {name: «cache», mountPath: /c}\n", "volume-not-found"),
    (
        "mount path twice",
        POD
        + "    volumeMounts:\n    - {name: a, mountPath: /c}\n    - {name: b, mountPath: «/c»}\n"
        + "  volumes: [{name: a, emptyDir: {}}, {name: b, emptyDir: {}}]\n",
        "duplicate-entry",
    ),
    (
        "volume with two sources",
        POD
        + "    volumeMounts:\n    - {name: a, mountPath: /c}\n"
        + "  volumes:\n  - name: a\n    emptyDir: {}\n    «hostPath»: {path: /srv}\n",
        "exclusive-fields",
    ),
    ("name A_B", POD.replace("name: web\nspec", "name: «A_B»\nspec"), "malformed-name"),
    # workloads
    (
        "selector and labels",
        DEPLOYMENT + TEMPLATE.replace("app: web\n  template", "app: «wbe»\n  template"),
        "selector-differs-from-template",
    ),
    (
        "Recreate with rollingUpdate",
        DEPLOYMENT + "  strategy:\n    type: Recreate\n    «rollingUpdate»: {maxSurge: 1}\n" + TEMPLATE,
        "exclusive-fields",
    ),
    (
        "Job that restarts",
        (
            "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n"
            "      restartPolicy: «Always»\n      containers: [{name: web, image: nginx}]\n"
        ),
        "wrong-restart-policy",
    ),
    (
        "cron",
        (
            'apiVersion: batch/v1\nkind: CronJob\nmetadata:\n  name: web\nspec:\n  schedule: "«99» 99 * * *"\n'
            "  jobTemplate:\n    spec:\n      template:\n        spec:\n          restartPolicy: Never\n"
            "          containers: [{name: web, image: nginx}]\n"
        ),
        "malformed-schedule",
    ),
    # Service
    ("type Clusterip", SERVICE + "  - port: 80\n  type: «Clusterip»\n", "wrong-value"),
    ("two ports without names", SERVICE + "  - port: «80»\n  - port: 443\n", "missing-field"),
    ("port twice", SERVICE + "  - {name: a, port: 80}\n  - {name: b, port: «80»}\n", "duplicate-entry"),
    # RBAC
    ("resource deployment", ROLE.replace("deployments", "«deployment»"), "unknown-rbac-resource"),
    ("verb gets", ROLE.replace("verbs: [get]", "verbs: [«gets»]"), "unknown-rbac-verb"),
    (
        "namespace of a ClusterRole",
        ROLE.replace("name: deployer\n", "name: deployer\n  namespace: «shop»\n"),
        "namespace-on-cluster-object",
    ),
    # NetworkPolicy
    ("policy type ingress", POLICY + "  policyTypes: [«ingress»]\n", "wrong-value"),
    ("egress without Egress", POLICY + "  policyTypes: [Ingress]\n  «egress»:\n  - {}\n", "rules-without-policy-type"),
    # Ingress
    ("host with scheme", INGRESS.replace("shop.example.com", "«https://shop.example.com»"), "wrong-value"),
    ("path without slash", INGRESS.replace("path: /\n", "path: «api»\n"), "wrong-value"),
    ("path type prefix", INGRESS.replace("Prefix", "«prefix»"), "wrong-value"),
    (
        "backend without port",
        INGRESS.replace("service:\n", "«service»:\n").replace("            port:\n              number: 80\n", ""),
        "missing-field",
    ),
    # other
    ("minimum above maximum", AUTOSCALER.replace("minReplicas: 1", "minReplicas: «5»"), "inverted-range"),
    ("kind Deploy", AUTOSCALER.replace("kind: Deployment", "kind: «Deploy»"), "target-cannot-scale"),
    ("access mode RWO", CLAIM.replace("ReadWriteOnce", "«RWO»"), "wrong-value"),
    ("storage 1GB", CLAIM.replace("1Gi", "«1GB»"), "malformed-quantity"),
    (
        "secret in plain text",
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ndata:\n  password: «correct-horse»\n",
        "not-base64",
    ),
]


def findings(tmp_path: Path, text: str) -> list[Finding]:
    (tmp_path / "object.yaml").write_text(text, encoding="utf-8")
    return list(check(tmp_path, Settings(extend_select=("kubernetes/namespace-on-cluster-object",))).findings)


def test_the_table_has_every_fault_once() -> None:
    assert len(FAULTS) == 35
    assert len({what for what, _, _ in FAULTS}) == 35


@pytest.mark.parametrize(("text", "rule"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
def test_fault_is_found_at_its_scalar(tmp_path: Path, text: str, rule: str) -> None:
    start, end = text.index("«"), text.index("»") - 1
    found = findings(tmp_path, text.replace("«", "").replace("»", ""))
    places = {(finding.span.start, finding.span.end) for finding in found if finding.rule == f"kubernetes/{rule}"}
    assert (start, end) in places, [f"{finding.span} {finding.rule}: {finding.headline}" for finding in found]


@pytest.mark.parametrize("text", [POD, DEPLOYMENT + TEMPLATE, INGRESS, ROLE, SERVICE + "  - port: 80\n", POLICY, CLAIM])
def test_the_manifests_themselves_are_right(tmp_path: Path, text: str) -> None:
    assert [f"{finding.rule}: {finding.headline}" for finding in findings(tmp_path, text)] == []


# -- messages that readers rely on -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rule", "meant", "fix"),
    [
        (POD + "    imagePullPolicy: ifnotpresent\n", "wrong-value", "IfNotPresent", "safe"),
        (POD + "    imagePullPolicy: Alwyas\n", "wrong-value", "Always", "unsafe"),
        (CLAIM.replace("ReadWriteOnce", "RWX"), "wrong-value", "ReadWriteMany", "unsafe"),
        (SERVICE + '  - port: 80\n    targetPort: "8080"\n', "wrong-value", "8080", "safe"),
        (CLAIM.replace("1Gi", "1gib"), "malformed-quantity", "1Gi", "unsafe"),
        (POD + "    resources: {limits: {memory: 100m}}\n", "implausible-quantity", "100Mi", "unsafe"),
    ],
)
def test_fix_writes_what_was_meant(tmp_path: Path, text: str, rule: str, meant: str, fix: str) -> None:
    (found,) = (each for each in findings(tmp_path, text) if each.rule == f"kubernetes/{rule}")
    assert found.fix is not None
    assert found.fix.safety.value == fix
    assert [edit.text for edit in found.fix.edits] == [meant]


def test_values_hold_wherever_the_definition_is_reached(tmp_path: Path) -> None:
    text = dedent(
        """\
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata:
          name: web
        spec:
          selector:
            matchLabels:
              app: web
          strategy:
            canary: {}
          template:
            metadata:
              labels:
                app: web
            spec:
              containers:
              - name: web
                image: nginx:1.27
                imagePullPolicy: always
        """
    )
    assert "kubernetes/wrong-value" in {finding.rule for finding in findings(tmp_path, text)}


def test_nothing_is_said_of_what_is_only_known_later(tmp_path: Path) -> None:
    text = POD + '    imagePullPolicy: "${POLICY}"\n    ports:\n    - containerPort: ${PORT}\n'
    assert findings(tmp_path, text) == []


# -- the data ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def known_fields() -> set[str]:
    found: set[str] = set()
    for version in (pack.versions()[0], pack.versions()[-1]):
        for api_version, kind in pack.kinds(version):
            schema = pack.schema(version, api_version, kind)
            assert schema is not None
            for name, definition in schema["$defs"].items():
                found.update(f"{short(name)}.{field}" for field in definition.get("properties", ()))
    return found


def test_facts_are_about_fields_that_exist(known_fields: set[str]) -> None:
    named = {f"{definition}.{fact.name}" for definition, facts in values.field_facts().items() for fact in facts}
    for definition, choice in values.choices().items():
        named.update(f"{definition}.{name}" for group in choice.groups for name in group)
    for definition, rules in values.discriminated().items():
        for rule in rules:
            named.add(f"{definition}.{rule.by}")
            named.update(
                f"{definition}.{name}" for case in rule.cases.values() for name in (*case.needs, *case.excludes)
            )
    named.update(f"{definition}.{field.name}" for definition, fields in deprecated_fields().items() for field in fields)
    assert sorted(named - known_fields) == []


def test_values_that_are_meant_are_values() -> None:
    for facts in values.field_facts().values():
        for fact in facts:
            if fact.enumeration is not None:
                assert set(fact.enumeration.meant.values()) <= set(fact.enumeration.values)
                assert len(set(fact.enumeration.values)) == len(fact.enumeration.values)


def test_data_files_say_where_they_come_from() -> None:
    folder = Path(pack.__file__).parent
    for name in ("enums", "syntaxes", "unions", "deprecations", "annotations", "time_zones"):
        about = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))["about"]
        assert any("Source" in line for line in about)
