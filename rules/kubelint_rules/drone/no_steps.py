"""drone/no-steps."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.drone.model import DronePipeline, has_slip
from kubelint.tree.node import Mapping, Scalar, Sequence


class NoSteps(Rule[DronePipeline]):
    """A pipeline without steps clones the repository, does nothing with it and is green.

    ## Why
    Neither the server nor a runner wants a step: the build passes although nothing was built or tested.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: default

    trigger:
      branch:
      - main
    ```

    ## Stays silent when
    - a key of the pipeline is a slip of `steps`: `drone/unknown-field` says so
    - the steps are a placeholder that is only known later

    ## Source
    Drone documentation, "Docker Pipeline", the `steps` section: "required", "must not be empty".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: DronePipeline, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at an empty `steps`, else at the name of the pipeline."""
        del graph
        steps = subject.root.at("steps")
        if isinstance(steps, Sequence) and steps.children:
            return
        if isinstance(steps, Mapping) or (isinstance(steps, Scalar) and not steps.is_null):
            return  # of the wrong shape
        if not isinstance(subject.root, Mapping) or has_slip(subject.root, "steps"):
            return
        yield self.finding(
            f"pipeline `{subject.name}` has no steps: it clones, and passes",
            subject.root.key("steps") or subject.node,
            "nothing is built or tested",
            help="add `steps`, or remove the pipeline",
            subject=subject,
        )
