"""Whole pipelines as people write them: silent as they are, and each slip found at the scalar that is wrong."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from kubelint.check import check
from kubelint.finding import Finding

DATA = Path(__file__).resolve().parent / "data" / "drone"
SHARED = Path(os.environ.get("KUBELINT_SHARED", Path(__file__).resolve().parent.parent.parent / "shared"))
GUIDE = SHARED / "reference" / "cloud-native-guide.md"


def findings(root: Path, text: str, name: str = ".drone.yml") -> list[Finding]:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return check(root).findings


@pytest.mark.parametrize("file", sorted(DATA.glob("*.yml")), ids=lambda file: file.stem)
def test_a_right_pipeline_is_silent(file: Path, tmp_path: Path) -> None:
    found = findings(tmp_path, file.read_text(encoding="utf-8"))
    assert [f"{finding.span}: {finding.rule}: {finding.headline}" for finding in found] == []


BREAKS = [
    # file, what is written, what is written instead, the rule, the text that is underlined
    ("monorepo", "kind: pipeline\ntype: docker\nname: web", "kind: Pipeline\ntype: docker\nname: web", "unknown-kind", "Pipeline"),
    ("monorepo", "depends_on: [api, web]", "depends_on: [api, wbe]", "dependency-unknown", "wbe"),
    ("monorepo", "depends_on: [api, web]", "depends_on: [api, web, release]", "dependency-order", "release"),
    ("monorepo", "@database:5432/shop", "@localhost:5432/shop", "localhost-for-service", "localhost"),
    ("monorepo", "nc -z database 5432", "nc -z 127.0.0.1 5432", "localhost-for-service", "127.0.0.1"),
    ("monorepo", "event: [push]", "event: [pushed]", "wrong-value", "pushed"),
    ("monorepo", "  commands: [cd web, npm test]", "  comands: [cd web, npm test]", "unknown-field", "comands"),
    ("monorepo", "volumes:\n- name: modules\n", "volumes:\n- name: module\n", "volume-undefined", "modules"),
    ("monorepo", "postgres:16-alpine", "postgres::16-alpine", "malformed-image", "postgres:"),
    ("monorepo", "$DRONE_BUILD_NUMBER", "$DRONE_BUILD_NUMBR", "unknown-variable", "DRONE_BUILD_NUMBR"),
    ("platforms", "  arch: arm64\n", "  arch: armv7\n", "unknown-platform", "armv7"),
    ("platforms", "  ignore_missing: true", "  ignore_missin: true", "unknown-setting", "ignore_missin"),
    ("platforms", "    spec: docker/manifest.tmpl\n", "", "missing-setting", "settings"),
    ("platforms", "    auto_tag_suffix: linux-arm64\n", "    tags: 1.20\n", "number-mangled", "1.20"),
    ("platforms", "trigger:\n  event: [push, tag]", "trigger:\n  event: [push]\n  ref: [refs/tags/*]", "never-runs", "refs/tags/*"),
    ("services", "  detach: true", '  detach: "true"', "wrong-value", '"true"'),
    ("services", "status: [failure]", "status: [failed]", "wrong-value", "failed"),
    ("services", "  failure: ignore", "  failure: ignored", "wrong-value", "ignored"),
    ("services", "SPRING_REDIS_HOST: cache", "REDIS_HOST: localhost", "localhost-for-service", "localhost"),
    ("services", "    bucket: shop-reports\n", "", "missing-setting", "settings"),
    ("services", "  depth: 50", "  dept: 50", "unknown-field", "dept"),
    ("dind", "$image:${DRONE_COMMIT_SHA:0:8} services/$image", "${image}:latest services/$image", "shell-variable-substituted", "${image}"),
    ("dind", "$REGISTRY_PASSWORD\" |", "${REGISTRY_PASSWORD}\" |", "shell-variable-substituted", "${REGISTRY_PASSWORD}"),
    ("dind", "    path: /var/lib/docker", "    path: var/lib/docker", "mount-path", "var/lib/docker"),
    ("dind", "- name: layers\n  temp: {}", "- name: layers", "volume-without-source", "layers"),
    ("dind", "- name: layers\n  temp: {}", "- name: layers\n  temp:", "volume-without-source", "temp"),
    ("dind", "services:\n- name: docker", "services:\n- name: build", "duplicate-step", "build"),
    ("dind", "      from_secret: registry_password", "      from-secret: registry_password", "from-secret-misspelt", "from-secret"),
    ("deploy", "    restore: true\n", "", "missing-setting", "settings"),
    ("deploy", "    key:\n      from_secret: deploy_key\n    target", "    target", "missing-setting", "settings"),
    ("deploy", "appleboy/drone-scp", "appleboy/drone-spc", "misspelt-plugin", None),
    ("deploy", "    script:\n", "    scripts:\n", "unknown-setting", "scripts"),
    ("deploy", "cd /srv/shop/${DRONE_REPO_NAME}", 'echo "${DRONE_COMMIT_MESSAGE}"', "script-injection", "${DRONE_COMMIT_MESSAGE}"),
    ("deploy", "  host:\n    path: /var/lib/drone/cache", "  host: {}", "volume-without-source", "host"),
    ("promotion", "cron: [nightly, weekly]", "cron: [nightly, weekly]\n  branch:\n    includes: [main]", "wrong-value", "includes"),
    ("promotion", "event: cron", "event: push", "never-runs", "nightly"),
    ("promotion", "    event: promote\n", "    event: push\n", "never-runs", "push"),
    ("promotion", "target: [production, staging]", "target: [production, staging]\n  paths: [charts/**]", "ignored-field", "paths"),
    ("promotion", "    channel: releases", "    room: releases", "unknown-setting", "room"),
    ("promotion", "  settings:\n    mode: upgrade", "  commands: [helm version]\n  settings:\n    mode: upgrade", "plugin-never-runs", "commands"),
    ("graph", "  depends_on: [vet, test, licences]\n", "", "step-starts-early", "push"),
    ("graph", "  depends_on: [clone]\n", "  depends_on: [test, licenses]\n", "dependency-unknown", "licenses"),
    ("graph", "  commands: [go mod download]\n", "  commands: [go mod download]\n  depends_on: [test]\n", "dependency-cycle", None),
    ("graph", '"refs/tags/v*"]', '"refs/tags/v*"]\n    exclude: "refs/heads/wip"', "wrong-value", '"refs/heads/wip"'),
    ("graph", "include: [main]", "include: [main]\n      exclude: [main]", "never-runs", "main"),
    ("graph", "concurrency:\n  limit: 2", "concurrency:\n  limit: two", "wrong-value", "two"),
    ("template", "go-service.jsonnet", "go-service.json", "template-extension", "go-service.json"),
    ("template", "load: go-service.jsonnet\n", "", "missing-field", "template"),
    ("exec", "- name: upload\n", "- name: upload\n  image: alpine:3.19\n", "unknown-field", "image"),
    ("exec", "  user: ci\n", "", "missing-field", "server"),
    ("exec", "pool:\n  use: ubuntu-arm64\n", "", "missing-field", "firmware"),
    ("exec", "type: exec", "type: exce", "unknown-type", "exce"),
    ("exec", "arch: arm64", "arch: aarch64", "unknown-platform", "aarch64"),
    ("cluster", "    cpu: 2000\n", '    cpu: "2"\n', "wrong-value", '"2"'),
    ("cluster", "memory: 1GiB", "memory: 1 gigabyte", "wrong-value", "1 gigabyte"),
    ("cluster", "- name: image\n", "- name: image\n  network_mode: host\n", "unknown-field", "network_mode"),
    ("cluster", "service_account_name", "service_account", "unknown-field", "service_account"),
    ("cluster", "${DRONE_COMMIT_SHA:0:8}", "${DRONE_COMMIT_SHA:0:8", "malformed-substitution", "${DRONE_COMMIT_SHA"),
    ("secrets", "name: crm_key", "name: shop_key", "secret-unused", "shop_key"),
    ("promotion", '["charts/shop/values-${DRONE_DEPLOY_TO}.yaml"]', "[values-${DRONE_DEPLOY_TO}.yaml]", "repository/unparsable-document", None),
    ("secrets", "name: crm_key\ndata: hyMdaQAwCf0nyxfWuwjTMTpYHSlNzWBu", "name: crm_key", "missing-field", "crm_key"),
    ("secrets", "name: npm_token\nget", "name: registry_auth\nget", "duplicate-secret", "registry_auth"),
    ("secrets", "\n...\n", "\n...\n---\nkind: secret\nname: late\ndata: x\n", "content-after-end", "kind"),
    ("windows", "    daemon_off: true\n", "", None, ""),
    ("windows", 'ref: [refs/heads/main, "refs/tags/**"]', "ref: [main]", "never-runs", "main"),
    ("windows", "os: windows", "os: window", "unknown-platform", "window"),
    ("heredoc", "$${DRONE_TAG", "${DRONE_TAGG", "unknown-variable", "DRONE_TAGG"),
    ("heredoc", "$${VERSION}", "${VERSION}", "shell-variable-substituted", "${VERSION}"),
    ("heredoc", "GOFLAGS: -mod=vendor", "GOFLAGS: {from_secret: flags}", "wrong-value", "from_secret"),
    ("heredoc", '"text=$DRONE_COMMIT_MESSAGE', '"text=${DRONE_COMMIT_MESSAGE}', "script-injection", "${DRONE_COMMIT_MESSAGE}"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "before", "after", "rule", "place"), BREAKS)
def test_a_slip_is_found_where_it_stands(
    file: str, before: str, after: str, rule: str | None, place: str | None, tmp_path: Path
) -> None:
    text = (DATA / f"{file}.yml").read_text(encoding="utf-8")
    assert before in text
    found = findings(tmp_path, text.replace(before, after, 1))
    if rule is None:
        assert found == []
        return
    identity = rule if "/" in rule else f"drone/{rule}"
    assert identity in [finding.rule for finding in found], [finding.headline for finding in found]
    if place is not None:
        assert place in [finding.span.text for finding in found if finding.rule == identity]
    for finding in found:
        assert len(finding.headline) <= 100
        assert finding.help or not finding.rule.startswith("drone/")


# -- the guide that the project was started from -------------------------------------------------------------------

DEPLOY = """\
kind: pipeline
name: molecule

steps:
- name: scp
  image: appleboy/drone-scp
  settings:
    host: example.host.com
    username: root
    password:
      from_secret: ssh_password
    rm: true
    target: /root/deploy/${DRONE_REPO}
    source:
    - build
    - Dockerfile
- name: ssh
  image: appleboy/drone-ssh
  settings:
    host: example.host.com
    username: root
    password:
      from_secret: ssh_password
    script:
      - cd /root/deploy/${DRONE_REPO}
      - docker build -t xuylin/react-app .
"""


@pytest.fixture(autouse=True)
def what_is_sent(tmp_path: Path) -> None:
    """The files that the pipelines of the guide send."""
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "index.html").touch()
    (tmp_path / "Dockerfile").write_text("FROM nginx:1.27\n", encoding="utf-8")


def _slip_in_one_of_two(root: Path, text: str) -> list[Finding]:
    findings(root, text, "frontend/.drone.yml")
    slipped = text.replace("from_secret: ssh_password", "from_secret: ssh_pasword", 1)
    return findings(root, slipped, "backend/.drone.yml")


def test_a_secret_that_another_pipeline_spells_otherwise(tmp_path: Path) -> None:
    assert findings(tmp_path, DEPLOY) == []
    (tmp_path / ".drone.yml").unlink()
    found = _slip_in_one_of_two(tmp_path, DEPLOY)
    assert [(finding.rule, finding.span.file.path, finding.span.text) for finding in found] == [
        ("drone/secret-near-miss", "backend/.drone.yml", "ssh_pasword")
    ]
    assert found[0].help == "write `ssh_password` if that is what is meant"


def test_two_spellings_that_are_used_once_each(tmp_path: Path) -> None:
    once = DEPLOY.partition("- name: ssh")[0]
    findings(tmp_path, once.replace("ssh_password", "ssh_pasword"), "web/.drone.yml")
    found = findings(tmp_path, once, "api/.drone.yml")
    assert [(finding.rule, finding.span.file.path) for finding in found] == [
        ("drone/secret-near-miss", "web/.drone.yml")
    ]
    assert [label.span.text for label in found[0].related] == ["ssh_password"]


def guide_pipelines() -> list[str]:
    if not GUIDE.is_file():
        return []
    blocks = re.findall(
        r"^```yaml\n(kind: pipline\n.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    return [block.replace("kind: pipline", "kind: pipeline") for block in blocks]


needs_guide = pytest.mark.skipif(not GUIDE.is_file(), reason=f"the guide is not at {GUIDE}")


@needs_guide
def test_the_pipelines_of_the_guide_are_silent(tmp_path: Path) -> None:
    pipelines = guide_pipelines()
    assert len(pipelines) == 5
    for number, text in enumerate(pipelines):
        assert findings(tmp_path, text, f"{number}/.drone.yml") == []


@needs_guide
def test_a_slip_in_one_of_the_guides_pipelines(tmp_path: Path) -> None:
    found = _slip_in_one_of_two(tmp_path, guide_pipelines()[3])
    assert [(finding.rule, finding.span.file.path, finding.span.text) for finding in found] == [
        ("drone/secret-near-miss", "backend/.drone.yml", "ssh_pasword")
    ]
