"""kustomize/missing-file."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean
from kubelint.systems.kustomize.model import Kustomization, Outcome, Use, Want


class MissingFile(Rule[Kustomization]):
    """A kustomization names a file or a folder that it cannot use, so the build fails.

    ## Why
    `kustomize build` stops at the first path that leads nowhere, and so does every kustomization that builds on this
    one. Nothing is globbed, a folder without a kustomization is not taken as a list of files, and a file must lie in or
    below the folder of the kustomization.

    ## Example
    ```yaml kustomization.yaml
    resources:
    - deployment.yaml
    - svc.yaml
    ```
    ```yaml deployment.yaml
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
          containers:
          - name: web
            image: nginx:1.27
    ```
    ```yaml service.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      selector:
        app: web
      ports:
      - port: 80
    ```

    ## Stays silent when
    - the path is a URL, leads out of the repository, or holds a placeholder
    - git ignores the path, it lies in a submodule, or an example of the file lies beside it
    - the file is one of a `secretGenerator` and nothing has a name that is near: secrets are left out on purpose
    - a file outside the folder is named, and something in the repository builds without load restrictions, as Flux does

    ## Source
    kustomize, the kustomization reference: `resources`, `components`, `patches`, `configMapGenerator` and others.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: Kustomization, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each entry that leads nowhere."""
        for use in subject.uses:
            if use.outcome is Outcome.MISSING:
                yield self._missing(subject, use)
            elif use.outcome is Outcome.WITHOUT_KUSTOMIZATION:
                yield self._without_kustomization(subject, use, graph)
            elif use.outcome in _OTHERS:
                headline, label, advice = _OTHERS[use.outcome]
                yield self.finding(
                    headline.format(text=use.text, field=use.field),
                    use.span,
                    label.format(text=use.text, field=use.field),
                    help=advice,
                    note=_RESTRICTION if use.outcome is Outcome.RESTRICTED else None,
                    severity=Severity.WARNING if use.outcome is Outcome.RESTRICTED else None,
                    subject=subject,
                )

    def _missing(self, subject: Kustomization, use: Use) -> Finding:
        noun = _NOUNS.get(use.want) or ("file" if use.text.endswith((".yaml", ".yml", ".json")) else "path")
        shown = use.text if len(use.text) <= _LONGEST else use.text[: _LONGEST - 1] + "…"
        glob = any(mark in use.text for mark in "*?")
        fix = None
        if len(use.candidates) == 1 and use.span.text == use.text:
            title = f"replace `{use.text}` with `{use.candidates[0]}`"
            fix = Fix(title, (TextEdit(use.span, use.candidates[0]),), Safety.UNSAFE)
        if glob:
            advice = "list the files one by one: kustomize expands no patterns"
        elif use.candidates:
            advice = f"write `{use.candidates[0]}`"
        else:
            advice = f"add it, or remove it from `{use.field}`"
        return self.finding(
            f"the {noun} `{shown}` does not exist",
            use.span,
            did_you_mean(use.candidates) or "the build stops here",
            help=advice,
            fix=fix,
            subject=subject,
        )

    def _without_kustomization(self, subject: Kustomization, use: Use, graph: Graph) -> Finding:
        names = graph.repository.names(use.path)
        misnamed = [name for name in names if name.lower() in ("kustomization.yaml", "kustomization.yml")]
        kind = "Component" if use.field == "components" else "Kustomization"
        if misnamed:
            advice = f"rename `{misnamed[0]}` to `kustomization.yaml`: no other spelling is read"
        elif kind == "Component":
            advice = f"add a `kustomization.yaml` with `kind: {kind}` to it"
        else:
            advice = "list its files one by one, or add a `kustomization.yaml` to it"
        return self.finding(
            f"the folder `{use.text}` has no kustomization",
            use.span,
            "kustomize does not read a folder for its files",
            help=advice,
            subject=subject,
        )


_LONGEST = 50
_NOUNS = {Want.FILE: "file", Want.FILE_OR_TEXT: "file", Want.FOLDER: "folder"}
_RESTRICTION = "`kustomize build --load-restrictor LoadRestrictionsNone` lifts this"
_OTHERS = {
    Outcome.FOLDER_FOR_FILE: (
        "`{field}` names the folder `{text}`, where a file is wanted",
        "this is a folder",
        "name the file in it",
    ),
    Outcome.RESTRICTED: (
        "`{text}` lies outside the kustomization's folder",
        "kustomize refuses files from elsewhere",
        "move the file, or give its folder a kustomization and build on that",
    ),
    Outcome.ABSOLUTE: (
        "the path `{text}` is absolute",
        "paths start at the folder of the kustomization",
        "write it relative to the kustomization",
    ),
    Outcome.EMPTY: ("an entry of `{field}` is empty", "names nothing, and the build fails", "remove the entry"),
    Outcome.MERGED: (
        "two entries of `{field}` have become one path",
        "a line below it is indented further, which continues the text",
        "indent all entries alike",
    ),
}
