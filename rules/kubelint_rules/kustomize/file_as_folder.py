"""kustomize/file-as-folder."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.systems.kustomize.model import Kustomization, Outcome


class FileAsFolder(Rule[Kustomization]):
    """A kustomization is named by its file, or a component is a plain file, where only the folder can be built.

    ## Why
    A kustomization is reached through its folder. Named as a file it is read as an object of the cluster, which it is
    not, and the build fails with "missing metadata.name".

    ## Example
    ```yaml overlay/kustomization.yaml
    resources:
    - ../base/kustomization.yaml
    ```
    ```yaml base/kustomization.yaml
    resources:
    - settings.yaml
    ```
    ```yaml base/settings.yaml
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: settings
    data:
      LOG_LEVEL: info
    ```

    ## Stays silent when
    - the file of that name holds an object, such as Flux's Kustomization

    ## Source
    kustomize, the kustomization reference: `resources` and `components`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: Kustomization, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each file in the place of a folder."""
        del graph
        for use in subject.uses:
            if use.outcome is Outcome.KUSTOMIZATION_FILE:
                folder = use.text.rpartition("/")[0] or "."
                fix = None
                if use.span.text == use.text and folder != ".":
                    fix = Fix(f"replace `{use.text}` with `{folder}`", (TextEdit(use.span, folder),), Safety.SAFE)
                yield self.finding(
                    f"`{use.field}` names a kustomization by its file",
                    use.span,
                    "this is read as an object, and the build fails",
                    help=f"name the folder: `{folder}`"
                    if folder != "."
                    else "remove it: a kustomization cannot include itself",
                    fix=fix,
                    subject=subject,
                )
            elif use.outcome is Outcome.FILE_FOR_FOLDER:
                yield self.finding(
                    f"`{use.field}` names the file `{use.text}`, where a folder is wanted",
                    use.span,
                    "this is a file",
                    help="name the folder of a component, or list the file under `resources`",
                    subject=subject,
                )
