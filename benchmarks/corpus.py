"""Makes a repository to measure with: ``python benchmarks/corpus.py OUT [--files 10000] [--seed 1] [--from FOLDER]``.

Without ``--from`` the files are made from templates: folders of applications, each with a handful of manifests that
refer to each other (Deployment, Service, ConfigMap, Secret, Ingress, autoscaler, disruption budget, policies, rights,
CronJob, StatefulSet, Istio routes, and for every twelfth application a kustomize base with two overlays), as one finds
them in the repository of a platform team. One application in fifty has a mistake. With ``--from`` a real tree is copied
until there are enough files, each copy in a folder of its own; names inside the files stay, folders are units of their
own. The same arguments give the same bytes.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from pathlib import Path
from string import Template

TEAMS = ("checkout", "identity", "search", "billing", "logistics", "media", "platform", "insights")
NOUNS = ("cart", "ledger", "gateway", "worker", "catalog", "session", "mailer", "pricing", "stock", "audit", "export")
SUFFIXES = (".yaml", ".yml", ".json")

DEPLOYMENT = Template("""\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: $name
  namespace: $team
  labels:
    app.kubernetes.io/name: $name
    app.kubernetes.io/part-of: $team
    app.kubernetes.io/version: "$version"
spec:
  replicas: $replicas
  revisionHistoryLimit: 5
  selector:
    matchLabels:
      app.kubernetes.io/name: $name
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxSurge: 1
      maxUnavailable: 0
  template:
    metadata:
      labels:
        app.kubernetes.io/name: $name
        app.kubernetes.io/part-of: $team
      annotations:
        prometheus.io/scrape: "true"
        prometheus.io/port: "9090"
    spec:
      serviceAccountName: $name
      terminationGracePeriodSeconds: 30
      securityContext:
        runAsNonRoot: true
        runAsUser: 10001
        fsGroup: 10001
      containers:
      - name: $name
        image: registry.example.com/$team/$name:$version
        ports:
        - name: http
          containerPort: 8080
        - name: metrics
          containerPort: 9090
        env:
        - name: LOG_LEVEL
          valueFrom:
            configMapKeyRef:
              name: $name-config
              key: log-level
        - name: DATABASE_PASSWORD
          valueFrom:
            secretKeyRef:
              name: $name-credentials
              key: password
        - name: UPSTREAM_URL
          value: http://$peer.$team.svc.cluster.local:80/api
        - name: POOL_SIZE
          value: "$pool"
        resources:
          requests:
            cpu: ${cpu}m
            memory: ${memory}Mi
          limits:
            memory: ${memory}Mi
        readinessProbe:
          httpGet:
            path: /healthz/ready
            port: $probe
          periodSeconds: 10
        livenessProbe:
          httpGet:
            path: /healthz/live
            port: http
          initialDelaySeconds: 15
          periodSeconds: 20
        securityContext:
          allowPrivilegeEscalation: false
          readOnlyRootFilesystem: true
          capabilities:
            drop: [ALL]
        volumeMounts:
        - name: config
          mountPath: /etc/$name
          readOnly: true
        - name: tmp
          mountPath: /tmp
      - name: log-shipper
        image: registry.example.com/platform/log-shipper:2.11.0
        args:
        - --source=/tmp/$name.log
        - --sink=http://collector.platform.svc.cluster.local:4318
        env:
        - name: POD_NAME
          valueFrom:
            fieldRef:
              fieldPath: metadata.name
        - name: NODE_NAME
          valueFrom:
            fieldRef:
              fieldPath: spec.nodeName
        resources:
          requests:
            cpu: 10m
            memory: 32Mi
          limits:
            memory: 64Mi
        securityContext:
          allowPrivilegeEscalation: false
          readOnlyRootFilesystem: true
        volumeMounts:
        - name: tmp
          mountPath: /tmp
          readOnly: true
      topologySpreadConstraints:
      - maxSkew: 1
        topologyKey: topology.kubernetes.io/zone
        whenUnsatisfiable: ScheduleAnyway
        labelSelector:
          matchLabels:
            app.kubernetes.io/name: $name
      volumes:
      - name: config
        configMap:
          name: $name-config
      - name: tmp
        emptyDir: {}
""")
SERVICE = Template("""\
apiVersion: v1
kind: Service
metadata:
  name: $name
  namespace: $team
  labels:
    app.kubernetes.io/name: $name
spec:
  type: ClusterIP
  selector:
    app.kubernetes.io/name: $name
  ports:
  - name: http
    port: 80
    targetPort: http
  - name: metrics
    port: 9090
    targetPort: metrics
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  name: $name
  namespace: $team
  labels:
    release: prometheus
spec:
  selector:
    matchLabels:
      app.kubernetes.io/name: $name
  endpoints:
  - port: metrics
    interval: 30s
    scrapeTimeout: 10s
    relabelings:
    - sourceLabels: [__meta_kubernetes_pod_node_name]
      targetLabel: node
      action: replace
""")
CONFIG = Template("""\
apiVersion: v1
kind: ConfigMap
metadata:
  name: $name-config
  namespace: $team
data:
  log-level: info
  application.yaml: |
    server:
      port: 8080
      workers: $pool
    upstream:
      url: http://$peer.$team.svc.cluster.local
      timeout: 2s
      retries: 3
    logging:
      format: json
      level: info
      appenders:
      - type: stdout
        timezone: UTC
      - type: file
        path: /tmp/$name.log
        rotation: daily
        keep: 7
    database:
      host: $name-db.$team.svc.cluster.local
      port: 5432
      name: $name
      pool:
        minimum: 2
        maximum: $pool
        idle-timeout: 10m
        acquire-timeout: 2s
      migrations:
        enabled: true
        locations: [classpath:db/migration]
    cache:
      kind: lru
      entries: 10000
      ttl: 5m
    tracing:
      enabled: true
      endpoint: http://collector.platform.svc.cluster.local:4318
      ratio: 0.05
    limits:
      body-size: 2MiB
      header-count: 64
      concurrent-requests: 256
    features:
      new-checkout: true
      dark-mode: false
  feature-flags.json: |
    {"experiments": {"$name": {"share": 0.$pool, "since": "2026-01-01"}}}
---
apiVersion: v1
kind: Secret
metadata:
  name: $name-credentials
  namespace: $team
type: Opaque
data:
  password: aHVudGVyMg==
  username: YXBw
""")
INGRESS = Template("""\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: $name
  namespace: $team
  annotations:
    cert-manager.io/cluster-issuer: letsencrypt
spec:
  ingressClassName: nginx
  tls:
  - hosts:
    - $name.$team.example.com
    secretName: $name-tls
  rules:
  - host: $name.$team.example.com
    http:
      paths:
      - path: /
        pathType: Prefix
        backend:
          service:
            name: $name
            port:
              name: http
""")
SCALING = Template("""\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: $name
  namespace: $team
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: $name
  minReplicas: 2
  maxReplicas: 12
  metrics:
  - type: Resource
    resource:
      name: cpu
      target:
        type: Utilization
        averageUtilization: 70
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: $name
  namespace: $team
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      app.kubernetes.io/name: $name
""")
POLICY = Template("""\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: $name
  namespace: $team
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: $name
  policyTypes: [Ingress]
  ingress:
  - from:
    - podSelector: {}
    ports:
    - protocol: TCP
      port: 8080
    - protocol: TCP
      port: 9090
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: $name-egress
  namespace: $team
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: $name
  policyTypes: [Egress]
  egress:
  - to:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: kube-system
      podSelector:
        matchLabels:
          k8s-app: kube-dns
    ports:
    - protocol: UDP
      port: 53
    - protocol: TCP
      port: 53
  - to:
    - podSelector: {}
""")
RIGHTS = Template("""\
apiVersion: v1
kind: ServiceAccount
metadata:
  name: $name
  namespace: $team
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: $name
  namespace: $team
rules:
- apiGroups: [""]
  resources: [configmaps]
  verbs: [get, list, watch]
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  verbs: [get, create, update]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: $name
  namespace: $team
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: $name
subjects:
- kind: ServiceAccount
  name: $name
  namespace: $team
""")
CRON = Template("""\
apiVersion: batch/v1
kind: CronJob
metadata:
  name: $name-cleanup
  namespace: $team
spec:
  schedule: "$minute 3 * * *"
  concurrencyPolicy: Forbid
  successfulJobsHistoryLimit: 2
  jobTemplate:
    spec:
      backoffLimit: 2
      template:
        spec:
          serviceAccountName: $name
          restartPolicy: Never
          containers:
          - name: cleanup
            image: registry.example.com/$team/$name:$version
            command: ["/bin/$name", "cleanup", "--older-than=30d"]
            envFrom:
            - secretRef:
                name: $name-credentials
            resources:
              requests:
                cpu: 50m
                memory: 64Mi
              limits:
                memory: 128Mi
""")
STATEFUL = Template("""\
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: $name-db
  namespace: $team
spec:
  serviceName: $name-db
  replicas: 1
  selector:
    matchLabels:
      app.kubernetes.io/name: $name-db
  template:
    metadata:
      labels:
        app.kubernetes.io/name: $name-db
    spec:
      containers:
      - name: postgres
        image: postgres:16.4
        ports:
        - name: postgres
          containerPort: 5432
        env:
        - name: POSTGRES_PASSWORD
          valueFrom:
            secretKeyRef:
              name: $name-credentials
              key: password
        - name: PGDATA
          value: /var/lib/postgresql/data/pgdata
        resources:
          requests:
            cpu: 100m
            memory: 256Mi
        volumeMounts:
        - name: data
          mountPath: /var/lib/postgresql/data
  volumeClaimTemplates:
  - metadata:
      name: data
    spec:
      accessModes: [ReadWriteOnce]
      resources:
        requests:
          storage: 10Gi
---
apiVersion: v1
kind: Service
metadata:
  name: $name-db
  namespace: $team
spec:
  clusterIP: None
  selector:
    app.kubernetes.io/name: $name-db
  ports:
  - name: postgres
    port: 5432
    targetPort: postgres
""")
ROUTES = Template("""\
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: $name
  namespace: $team
spec:
  hosts:
  - $name.$team.svc.cluster.local
  http:
  - timeout: 7s
    retries:
      attempts: 2
      perTryTimeout: 2s
    route:
    - destination:
        host: $name.$team.svc.cluster.local
        subset: stable
        port:
          number: 80
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata:
  name: $name
  namespace: $team
spec:
  host: $name.$team.svc.cluster.local
  trafficPolicy:
    connectionPool:
      http:
        http1MaxPendingRequests: $pool
  subsets:
  - name: stable
    labels:
      app.kubernetes.io/name: $name
""")
BASE = Template("""\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: $team
resources:
- deployment.yaml
- service.yaml
- config.yaml
- rights.yaml
""")
OVERLAY = Template("""\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: $team-$stage
resources:
- ../../base
patches:
- path: replicas.yaml
images:
- name: registry.example.com/$team/$name
  newTag: "$version"
""")
PATCH = Template("""\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: $name
spec:
  replicas: $replicas
  template:
    spec:
      containers:
      - name: $name
        resources:
          limits:
            memory: ${more}Mi
""")
PLAIN = {
    "deployment.yaml": DEPLOYMENT,
    "service.yaml": SERVICE,
    "config.yaml": CONFIG,
    "rights.yaml": RIGHTS,
    "ingress.yaml": INGRESS,
    "scaling.yaml": SCALING,
    "policy.yaml": POLICY,
    "cleanup.yaml": CRON,
    "database.yaml": STATEFUL,
    "routes.yaml": ROUTES,
}
KUSTOMIZED_EVERY = 12
MISTAKE_EVERY = 50


def application(number: int, random_: random.Random) -> Iterator[tuple[str, str]]:
    """Yield path and text of each file of one application."""
    team = random_.choice(TEAMS)
    name = f"{random_.choice(NOUNS)}-{number}"
    folder = f"{team}/{name}"
    values: dict[str, object] = {
        "name": name,
        "team": team,
        "peer": name,
        "version": f"{random_.randrange(1, 9)}.{random_.randrange(20)}.{random_.randrange(10)}",
        "replicas": random_.randrange(2, 6),
        "cpu": random_.choice((50, 100, 250, 500)),
        "memory": (memory := random_.choice((64, 128, 256, 512))),
        "more": memory * 2,
        "pool": random_.randrange(10, 64),
        "minute": random_.randrange(60),
        "probe": "htttp" if number % MISTAKE_EVERY == MISTAKE_EVERY - 1 else "http",
    }
    if number % KUSTOMIZED_EVERY == KUSTOMIZED_EVERY - 1:
        for file in ("deployment.yaml", "service.yaml", "config.yaml", "rights.yaml"):
            yield f"{folder}/base/{file}", PLAIN[file].substitute(values)
        yield f"{folder}/base/kustomization.yaml", BASE.substitute(values)
        for stage in ("staging", "production"):
            values["stage"] = stage
            yield f"{folder}/overlays/{stage}/kustomization.yaml", OVERLAY.substitute(values)
            yield f"{folder}/overlays/{stage}/replicas.yaml", PATCH.substitute(values)
        return
    for file, template in PLAIN.items():
        yield f"{folder}/{file}", template.substitute(values)


def made(files: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of that many files made from the templates."""
    random_ = random.Random(seed)  # noqa: S311 - reproducible, not secret
    count = number = 0
    while count < files:
        for path, text in application(number, random_):
            if count < files:
                yield path, text.encode()
                count += 1
        number += 1


def scaled(source: Path, files: int) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of that many files: copies of a real tree, each in a folder of its own."""
    originals = [path for path in sorted(source.rglob("*")) if path.suffix in SUFFIXES and path.is_file()]
    contents = [(path.relative_to(source).as_posix(), path.read_bytes()) for path in originals]
    if not contents:
        raise SystemExit(f"there are no configuration files below {source}")
    for number in range(files):
        copy, place = divmod(number, len(contents))
        path, content = contents[place]
        yield f"copy-{copy}/{path}", content


def write(out: Path, content: Iterator[tuple[str, bytes]]) -> tuple[int, int, int]:
    """Write the files and return how many files, documents and bytes there are."""
    files = documents = size = 0
    for path, text in content:
        target = out / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text)
        files, documents, size = files + 1, documents + text.count(b"\n---\n") + 1, size + len(text)
    return files, documents, size


def main() -> None:
    """Make the corpus that the arguments ask for and say how big it is."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("out", type=Path)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--from", dest="source", type=Path)
    arguments = parser.parse_args()
    content = scaled(arguments.source, arguments.files) if arguments.source else made(arguments.files, arguments.seed)
    files, documents, size = write(arguments.out, content)
    print(f"{files} files, {documents} documents, {size / 1e6:.1f} MB in {arguments.out}")


if __name__ == "__main__":
    main()
