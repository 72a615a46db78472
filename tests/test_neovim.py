"""The server in a real editor: a headless Neovim, driven as its user would."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent / "data" / "neovim.lua"
SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: helloworld
spec:
  selector:
    app: helloword
  ports:
  - port: 80
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: helloworld
spec:
  selector:
    matchLabels:
      app: helloworld
  template:
    metadata:
      labels:
        app: helloworld
    spec:
      containers:
      - name: web
        image: registry.example.com/helloworld:1.4
"""


@pytest.mark.skipif(shutil.which("nvim") is None, reason="Neovim is not installed")
def test_see_jump_mend_and_rename(tmp_path: Path) -> None:
    pytest.importorskip("pygls", reason="pygls is not installed")
    (tmp_path / "service.yaml").write_text(SERVICE, encoding="utf-8")
    (tmp_path / "deployment.yaml").write_text(DEPLOYMENT, encoding="utf-8")
    environment = {
        **os.environ,
        "KUBELINT_ROOT": str(tmp_path),
        "KUBELINT_SERVER": f"{sys.executable} -m kubelint server",
        "HOME": str(tmp_path / "home"),
        "XDG_STATE_HOME": str(tmp_path / "home"),
    }
    done = subprocess.run(
        ["nvim", "--headless", "--clean", "-n", "-c", f"luafile {SCRIPT}"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.stdout.splitlines() == [
        "diagnostic 7:10 Service `helloworld` selects no pod",
        "definition deployment.yaml:12 app: helloworld",
        "mended",
        "renamed",
    ], done.stdout + done.stderr
    service = (tmp_path / "service.yaml").read_text(encoding="utf-8")
    deployment = (tmp_path / "deployment.yaml").read_text(encoding="utf-8")
    assert service == SERVICE.replace("app: helloword", "app: greeter")
    assert deployment == DEPLOYMENT.replace("app: helloworld", "app: greeter")
