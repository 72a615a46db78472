"""docker/copy-source-not-sent."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.docker.model import Dockerfile, Flaw


class CopySourceNotSent(Rule[Dockerfile]):
    """A Dockerfile is built on another machine, and what it copies was not sent there.

    ## Why
    A pipeline copies some paths to a machine (`drone-scp`) and runs `docker build` in that folder (`drone-ssh`). The
    build sees only what was sent, so `COPY` of anything else stops it with "not found".

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: deploy
    steps:
      - name: send
        image: appleboy/drone-scp
        settings:
          host: example.com
          username: deploy
          key: {from_secret: ssh_key}
          target: /srv/site
          source: [public, Dockerfile]
      - name: start
        image: appleboy/drone-ssh
        settings:
          host: example.com
          username: deploy
          key: {from_secret: ssh_key}
          script:
            - cd /srv/site
            - docker build -t site .
    ```
    ```dockerfile Dockerfile
    FROM nginx:1.27
    COPY public /usr/share/nginx/html
    COPY nginx.conf /etc/nginx/conf.d/default.conf
    ```
    ```nginx nginx.conf
    server { listen 80; root /usr/share/nginx/html; }
    ```
    ```html public/index.html
    <h1>Hello</h1>
    ```

    ## Stays silent when
    - a path, a pattern or a folder that was sent holds the source
    - the paths are not kept (`strip_components`), or the build runs in a folder that no step has filled
    - a variable is part of what is sent

    ## Source
    Documentation of the plugins drone-scp and drone-ssh; Dockerfile reference, "COPY".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: Dockerfile, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each source that is not among what was sent."""
        del graph
        for fault in subject.source_faults:
            if fault.flaw is Flaw.NOT_SENT and fault.build.sent:
                sent = fault.build.sent
                shown = ", ".join(f"`{each.text}`" for each in sent[:6])
                yield self.finding(
                    f"`{fault.node.text}` is not on the machine that builds the image",
                    fault.node,
                    "nothing that was sent there holds it",
                    related=[(sent[0], f"sent is {shown}"), (fault.build.node, f"{fault.build.place} builds it there")],
                    help=f"send `{fault.path}`, too, or copy what is sent",
                    subject=subject,
                )
