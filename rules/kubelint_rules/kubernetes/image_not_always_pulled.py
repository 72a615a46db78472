"""kubernetes/image-not-always-pulled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.options import option
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.systems.kubernetes.image import parse_image
from kubelint.systems.kubernetes.pod import Container

POLICIES = ("Always", "IfNotPresent", "Never")


class ImageNotAlwaysPulled(Rule[Container]):
    """A container may start from an image that a node has kept, without asking the registry.

    ## Why
    Where a node is shared, a pod with `IfNotPresent` gets a private image that somebody else's credentials have pulled,
    and a tag that was moved stays old on the nodes that have it. Who never moves a tag and shares no nodes saves the
    question to the registry, which is why this is a matter of policy.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
      - name: web
        image: nginx:1.27
        imagePullPolicy: IfNotPresent
    ```

    ## Stays silent when
    - no policy is set and the image has no tag or `latest`: the API server sets `Always` there
    - the image or the policy is only known later (a placeholder)

    ## Source
    Kubernetes documentation, "Images", section "Default image pull policy"; admission controller "AlwaysPullImages".
    """

    severity = Severity.INFO
    group = Group.STYLE
    fixable = True

    @dataclass(frozen=True, slots=True)
    class Options:
        """Which policies are accepted."""

        policies: tuple[str, ...] = option(("Always",), "Pull policies that are accepted.", choices=POLICIES)

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at the policy, or at the image where the policy is the default."""
        del graph
        image, policy = subject.node.scalar("image"), subject.node.scalar("imagePullPolicy")
        if image is None or image.opaque or (policy is not None and policy.opaque):
            return
        if policy is None:
            effective = "Always" if parse_image(image.text).effective_tag == "latest" else "IfNotPresent"
        else:
            effective = policy.text
        # A text that is no policy is an error of its own.
        if effective not in POLICIES or effective in self.options.policies:
            return
        fix = None
        if policy is not None and len(self.options.policies) == 1:
            wanted = self.options.policies[0]
            fix = Fix(f"set `imagePullPolicy: {wanted}`", (TextEdit(policy.span, wanted),), Safety.UNSAFE)
        accepted = " or ".join(f"`{name}`" for name in self.options.policies)
        yield self.finding(
            f"container `{subject.label}` pulls its image by the policy `{effective}`",
            policy or image,
            "not an accepted policy" if policy is not None else "the default for an image with a tag of its own",
            help=f"set `imagePullPolicy` to {accepted}",
            fix=fix,
            subject=subject.owner,
        )
