"""kubernetes/pull-secret-for-other-registry."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.image import DEFAULT_REGISTRY, parse_image
from kubelint.systems.kubernetes.model import Secret
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.registries import is_for, registries


class PullSecretForOtherRegistry(Rule[PodTemplate]):
    """A pod pulls with a Secret that has no credentials for any registry that its images come from.

    ## Why
    The kubelet offers credentials to the registry that they are for. Where none of the images comes from there, the
    Secret is of no use, and a private image is not pulled.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Secret
    metadata:
      name: registry
    type: kubernetes.io/dockerconfigjson
    stringData:
      .dockerconfigjson: |
        {"auths": {"registry.exmaple.com": {"auth": "ZGVwbG95OmNoYW5nZS1tZQ=="}}}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      selector:
        matchLabels:
          app: web
      template:
        metadata:
          labels:
            app: web
        spec:
          imagePullSecrets:
          - name: registry
          containers:
          - name: web
            image: registry.example.com/shop/web:1.4
    ```

    ## Stays silent when
    - one of the images comes from a registry of the Secret, by its host, a path of it, or a `*` in it
    - the content of the Secret is not known, or an image is a placeholder
    - all images come from Docker Hub with an unqualified name: a mirror may stand in

    ## Source
    Kubernetes documentation, "Images", section "Interpretation of config.json".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("imagePullSecrets",)

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each Secret that is for other registries."""
        images = [node for container in subject.containers if (node := container.node.scalar("image")) is not None]
        if not images or any(image.opaque for image in images):
            return
        parsed = [parse_image(image.text) for image in images]
        for reference in graph.outgoing(subject.owner, "pulls-with"):
            secrets = [target for target in reference.targets if isinstance(target, Secret)]
            known = [registries(graph, secret) for secret in secrets]
            if reference.detail is not subject or not secrets or any(entries is None for entries in known):
                continue
            entries = frozenset(entry for found in known if found is not None for entry in found)
            mirrored = all(image.registry == DEFAULT_REGISTRY for image in parsed)
            if mirrored or any(is_for(entries, image) for image in parsed):
                continue
            shown = ", ".join(f"`{entry}`" for entry in sorted(entries)[:3])
            yield self.finding(
                f"Secret `{secrets[0].name}` has no credentials for the registry of any image",
                reference.node,
                f"it is for {shown}",
                related=[(image, "pulled from another registry") for image in images[:3]],
                path=(subject.owner, secrets[0]),
                help="add credentials for the registry of the images, or remove the Secret",
                subject=subject.owner,
            )
