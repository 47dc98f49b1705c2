"""The pytest example of docs/embedding.md runs as it stands there."""

import os
import re
import subprocess
import sys
from pathlib import Path

from sesame_server import BINARY

PAGE = Path(__file__).parents[3] / "docs/embedding.md"


def test_the_pytest_example_runs(tmp_path):
    example = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL).group(1)
    (tmp_path / "test_example.py").write_text(example, encoding="utf-8")
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "sesame").symlink_to(Path(BINARY).resolve())
    ran = subprocess.run(
        [sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1 passed" in ran.stdout, ran.stdout
