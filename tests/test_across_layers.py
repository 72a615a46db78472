"""What holds between pipelines, Dockerfiles, compose files and servers: the deployment of the reference guide, and more.

The files are written here as the guide gives them, with the kind corrected, so that the tests need nothing else.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kubelint.check import check
from kubelint.repository import Repository
from kubelint.systems.docker.ignore import ignore_file

GUIDE = Path(__file__).resolve().parents[2] / "shared" / "reference" / "cloud-native-guide.md"

PIPELINE = """\
kind: pipeline
name: molecule

steps:
- name: build
  image: node:11.13.0
  commands:
  - yarn install --pure-lockfile
  - yarn build

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
    - nginx.conf

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
      - docker rm -f react-app-demo
      - docker run -d --name react-app-demo -p 8088:80 xuylin/react-app
"""
DOCKERFILE = """\
FROM nginx

COPY build/ /usr/share/nginx/html

COPY nginx.conf /etc/nginx/conf.d/default.conf
"""
NGINX = """\
server {
    listen 80;
    server_name localhost;
    location / {
        root   /usr/share/nginx/html;
        index  index.html;
        try_files $uri /index.html;
    }
    location ~* /app.*\\.(js|css|png|jpg)$
    {
        access_log off;
        expires    365d;
    }
}
"""


def write(folder: Path, **files: str) -> Path:
    names = {"pipeline": ".drone.yml", "dockerfile": "Dockerfile", "nginx": "nginx.conf", "compose": "compose.yaml"}
    for name, text in files.items():
        path = folder / names.get(name, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def found(folder: Path) -> list[tuple[str, str]]:
    return [(str(finding.span), finding.rule) for finding in check(folder).findings]


def test_the_deployment_of_the_guide_is_silent(tmp_path: Path) -> None:
    assert found(write(tmp_path, pipeline=PIPELINE, dockerfile=DOCKERFILE, nginx=NGINX)) == []


def test_another_port_of_nginx_is_found_where_the_container_is_started(tmp_path: Path) -> None:
    nginx = NGINX.replace("listen 80", "listen 8080")
    folder = write(tmp_path, pipeline=PIPELINE, dockerfile=DOCKERFILE, nginx=nginx)
    assert found(folder) == [(".drone.yml:36:53", "layers/unserved-port")]
    (finding,) = check(folder).findings
    assert [label.span.file.path for label in finding.related] == ["nginx.conf"]


def test_a_folder_that_was_not_sent_is_found_in_the_dockerfile(tmp_path: Path) -> None:
    dockerfile = DOCKERFILE.replace("build/", "dist/")
    folder = write(tmp_path, pipeline=PIPELINE, dockerfile=dockerfile, nginx=NGINX)
    assert found(folder) == [("Dockerfile:3:6", "docker/copy-source-not-sent")]


def test_a_file_that_is_no_longer_sent_is_found(tmp_path: Path) -> None:
    pipeline = PIPELINE.replace("    - nginx.conf\n", "")
    folder = write(tmp_path, pipeline=pipeline, dockerfile=DOCKERFILE, nginx=NGINX)
    assert found(folder) == [("Dockerfile:5:6", "docker/copy-source-not-sent")]


@pytest.mark.skipif(not GUIDE.exists(), reason="the reference guide is not on this machine")
def test_all_pipelines_of_the_guide_are_silent(tmp_path: Path) -> None:
    blocks = re.findall(r"```\w*\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    pipelines = [block for block in blocks if block.startswith("kind: pip")]
    dockerfiles = [block for block in blocks if "FROM nginx" in block]
    nginx = next(block for block in blocks if block.startswith("server {"))
    assert (len(pipelines), len(dockerfiles)) == (5, 2)
    for number, pipeline in enumerate(pipelines):
        folder = tmp_path / str(number)
        built_there = "public" in pipeline
        write(
            folder,
            pipeline=pipeline.replace("pipline", "pipeline"),
            dockerfile=dockerfiles[1 if built_there else 0],
            nginx=nginx,
            **{"package.json": "{}", "src/index.js": "", "public/index.html": ""},
        )
        assert found(folder) == []


IGNORED = """\
# comment
node_modules
**/*.log
/docs
con*
!config/keep.json
build/
secret?.txt
"""


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("node_modules/a/b.js", "node_modules"),
        ("deep/er/x.log", "**/*.log"),
        ("x.log", "**/*.log"),
        ("docs", "/docs"),
        ("src/docs", None),
        ("contrib/a", "con*"),
        ("config", None),
        ("config/keep.json", None),
        ("config/other.json", "con*"),
        ("build", "build/"),
        ("secret1.txt", "secret?.txt"),
        ("README.md", None),
    ],
)
def test_the_last_pattern_of_an_ignore_file_decides(tmp_path: Path, path: str, pattern: str | None) -> None:
    (tmp_path / ".dockerignore").write_text(IGNORED, encoding="utf-8")
    ignored = ignore_file(Repository(tmp_path), "", "Dockerfile")
    assert ignored is not None
    node = ignored.excludes(path)
    assert (None if node is None else node.span.text) == pattern


def test_a_service_that_mounts_over_the_image_listens_on_what_is_mounted(tmp_path: Path) -> None:
    compose = """\
services:
  web:
    build: .
    ports: ["80:80", "81:8080"]
    volumes: ["./other.conf:/etc/nginx/conf.d/default.conf"]
"""
    files = {"other.conf": "server { listen 8080; }\n", "build/index.html": ""}
    folder = write(tmp_path, compose=compose, dockerfile=DOCKERFILE, nginx=NGINX, **files)
    assert found(folder) == [("compose.yaml:4:17", "layers/unserved-port")]
