"""kustomize/several-kustomizations."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kustomize.model import Kustomization


class SeveralKustomizations(Rule[Kustomization]):
    """A folder holds more than one kustomization file, which kustomize refuses.

    ## Why
    kustomize reads `kustomization.yaml`, `kustomization.yml` or `Kustomization`. With two of them in a folder it does
    not choose: the build fails with "Found multiple kustomization files".

    ## Example
    ```yaml kustomization.yaml
    resources: []
    ```
    ```yaml kustomization.yml
    resources: []
    ```

    ## Stays silent when
    - the other file has a name that kustomize does not read, such as `kustomization-old.yaml`

    ## Source
    kustomize, `api/internal/target`: one kustomization file for each folder.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: Kustomization, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each file but the first."""
        del graph
        if subject.rival is not None:
            first, name = subject.rival, subject.source.name
            yield self.finding(
                f"{_folder(subject)} has more than one kustomization file",
                subject,
                f"`{name}` stands beside `{first.source.name}`",
                related=[(first, "the other one")],
                help="merge the two into one file",
                subject=subject,
            )


def _folder(subject: Kustomization) -> str:
    return f"the folder `{subject.directory}`" if subject.directory else "this folder"
