"""kubernetes/webhook-blocks-its-own-pods."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Place, Rule
from kubelint.systems.kubernetes.webhook_traps import traps
from kubelint.systems.kubernetes.webhooks import WebhookConfiguration


class WebhookBlocksItsOwnPods(Rule[WebhookConfiguration]):
    """A webhook with `failurePolicy: Fail` must allow the pods that answer it: once gone, none comes back.

    ## Why
    When all pods of the webhook are down, a new one must be created, which the API server asks the webhook about.
    Nothing answers, the request is refused, and the cluster stays as it is until somebody deletes the configuration.

    ## Example
    ```yaml webhook.yaml
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingWebhookConfiguration
    metadata:
      name: policy
    webhooks:
    - name: check.policy.example.com
      admissionReviewVersions: [v1]
      sideEffects: None
      clientConfig:
        service:
          name: policy-webhook
          namespace: policy-system
          path: /check
      rules:
      - apiGroups: [""]
        apiVersions: [v1]
        operations: [CREATE]
        resources: [pods]
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: policy-webhook
      namespace: policy-system
    spec:
      selector:
        app: policy-webhook
      ports:
      - port: 443
        targetPort: 9443
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: policy-webhook
      namespace: policy-system
    spec:
      selector:
        matchLabels:
          app: policy-webhook
      template:
        metadata:
          labels:
            app: policy-webhook
        spec:
          containers:
          - name: policy-webhook
            image: registry.example.com/shop/policy-webhook:1.4.2
    ```

    ## Stays silent when
    - `failurePolicy` is `Ignore`, or `matchConditions` are set
    - the selectors leave the pods or their Namespace out, or the Namespace is not in the repository and its labels
      decide
    - the webhook is not for creating pods
    - the Service or its pods are not in the repository

    ## Source
    Kubernetes documentation, "Admission Webhook Good Practices", section "Avoid deadlocks in self-hosted webhooks".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: WebhookConfiguration, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place where this holds."""
        for trap in traps(graph, subject):
            owner = trap.template.owner
            policy = trap.webhook.scalar("failurePolicy")
            related: list[tuple[Place, str]] = [
                (owner, f"these pods answer, in namespace `{owner.namespace or 'default'}`")
            ]
            if policy is not None:
                related.append((policy, "and without an answer the request is refused"))
            yield self.finding(
                f"the webhook must allow its own pods, so {owner.kind} `{owner.name}` cannot start without it",
                trap.webhook.scalar("name") or trap.webhook,
                "asked before its own pods are created",
                related=[(trap.rule.at("resources") or trap.rule, "for pods"), *related],
                path=(subject, trap.service, owner),
                help="leave its own Namespace out with a `namespaceSelector`, or its pods with an `objectSelector`",
                subject=subject,
            )
