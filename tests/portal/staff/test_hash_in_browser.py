import json
import subprocess
import sys
from hashlib import md5
from pathlib import Path

from PIL import Image

from hashing import headless
from tests.hashing import pictures


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", "hash_in_browser", *arguments]
    return subprocess.run(command, cwd=headless.ROOT, capture_output=True, text=True, check=False)


def test_hash_in_browser_prints_a_line_of_json_a_file(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.jpg", tmp_path / "bad.jpg"
    Image.fromarray(pictures.draw(300, 200, 3)).save(good)
    bad.write_bytes(b"no picture")
    lines = [json.loads(line) for line in run(str(good), str(bad)).stdout.splitlines()]
    assert [line["file"] for line in lines] == [str(good), str(bad)]
    assert all(set(line) == {"file", "kind", "md5", "pdq", "vpdq", "path", "ms", "refused"} for line in lines)
    assert lines[0]["md5"] == md5(good.read_bytes(), usedforsecurity=False).hexdigest()
    assert [line["refused"] and line["refused"]["code"] for line in lines] == [None, "unsupported"]


def test_hash_in_browser_names_a_file_that_is_not_there(tmp_path: Path) -> None:
    ran = run(str(tmp_path / "none.jpg"))
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "There is no file" in ran.stderr
