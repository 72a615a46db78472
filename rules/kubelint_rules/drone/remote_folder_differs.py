"""drone/remote-folder-differs."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.suggest import did_you_mean, is_near
from kubelint.systems.drone.deployments import WORKSPACE, Script


class RemoteFolderDiffers(Rule[Script]):
    """A script on another machine goes to a folder that is not there, such as the workspace of the pipeline.

    ## Why
    `drone-ssh` runs its script on the machine that it logs in to. The workspace `/drone/src` is in the containers of
    the pipeline only, and the files lie where a step before has copied them: one letter more and `cd` fails.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: deploy
    steps:
      - name: start
        image: appleboy/drone-ssh
        settings:
          host: example.com
          username: deploy
          key: {from_secret: ssh_key}
          script:
            - cd /drone/src
            - docker compose up -d
    ```

    ## Stays silent when
    - the folder is one that a step before has filled, or no similar one was filled
    - the script makes the folder itself

    ## Source
    Documentation of the plugins drone-ssh and drone-scp; Drone documentation, "Workspace".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: Script, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each folder that is not there."""
        del graph
        if not subject.remote:
            return
        targets = [sent.target for sent in subject.sent if sent.target is not None]
        known = {target.text.rstrip("/") for target in targets}
        for node in subject.entered:
            path = node.text.rstrip("/")
            if path in known:
                continue
            if path == WORKSPACE or path.startswith(f"{WORKSPACE}/"):
                yield self.finding(
                    f"`{node.text}` is in the pipeline's containers, not on the other machine",
                    node,
                    "this script runs where it logs in",
                    related=[(target, "files are copied to here") for target in targets[:2]],
                    help=f"go to `{targets[0].text}`" if targets else "copy the files there first, with `drone-scp`",
                    subject=subject.step.pipeline,
                )
                continue
            near = [target for target in targets if is_near(path, target.text.rstrip("/"))]
            if near and path.startswith("/"):
                yield self.finding(
                    f"no step copies files to `{node.text}`",
                    node,
                    did_you_mean([near[0].text]),
                    related=[(near[0], "files are copied to here")],
                    help=f"write `{near[0].text}`",
                    severity=Severity.ERROR,
                    subject=subject.step.pipeline,
                )
