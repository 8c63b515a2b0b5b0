"""The real workbooks and the judge that live outside the repository, in the folder RELANCE_SHARED names.

Without that folder their tests are skipped; on the integration machine (RELANCE_CI=1) its absence is a failure.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("RELANCE_SHARED", "/nonexistent"))
SAMPLES = sorted((SHARED / "samples" / "xlsx").glob("suivi_*.xls*"))


def need_shared() -> None:
    """Skip, or fail on the integration machine, when the shared folder is not there."""
    if not SAMPLES:
        absent("the shared samples (RELANCE_SHARED)")


def absent(what: str) -> None:
    if os.environ.get("RELANCE_CI") == "1":
        pytest.fail(f"{what} must be there on the integration machine")
    pytest.skip(f"{what} not available")


def sample_params() -> list:
    return [pytest.param(path, id=path.stem.removeprefix("suivi_")) for path in SAMPLES] or [
        pytest.param(Path("none"), id="none")
    ]


def judge(before: bytes, after: bytes, folder: Path, *options: str) -> list[str]:
    """The differences the shared judge finds, none when only what the options allow changed."""
    first, second = folder / "judge-before.xlsx", folder / "judge-after.xlsx"
    first.write_bytes(before)
    second.write_bytes(after)
    tool = SHARED / "tools" / "xlsx_diff.py"
    done = subprocess.run(
        [sys.executable, str(tool), str(first), str(second), "--strict-zip", "--raw", *options],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode == 2:
        return [done.stderr]
    return [line for line in done.stdout.splitlines() if not line.startswith("info:")] if done.returncode else []


def recalculated(files: list[Path], folder: Path) -> list[Path]:
    """The workbooks as LibreOffice opens, recalculates and saves them."""
    soffice = shutil.which("soffice")
    if not soffice:
        absent("LibreOffice")
    out = folder / "recalculated"
    profile = (folder / "profile").as_uri()
    subprocess.run(
        [soffice, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "xlsx", "--outdir", str(out)]
        + [str(file) for file in files],
        capture_output=True, check=True, timeout=180,
    )  # fmt: skip
    return [out / f"{file.stem}.xlsx" for file in files]
