"""In the folder of an installation, commands work on the installation."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from launcher import installation, secret_values
from launcher.say import Refusal


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which Candid lies."""
    monkeypatch.setattr(installation, "ROOT", tmp_path)
    return tmp_path


def test_without_settings_there_is_none(root: Path) -> None:
    assert installation.settings() is None


def test_its_settings_are_those_of_the_file_that_the_link_leads_to(root: Path) -> None:
    (root / "etc").mkdir()
    (root / "etc" / "candid.env").write_text(
        "# SECRET_KEY=old\nSECRET_KEY=a=b\nDATABASE_URL='postgres://x'\nPOSTGRES_PASSWORD=\n\nnonsense\n"
    )
    (root / "candid.env").symlink_to(root / "etc" / "candid.env")
    assert installation.settings() == {
        "SECRET_KEY": "a=b",
        "DATABASE_URL": "postgres://x",
        "POSTGRES_PASSWORD": "",
    }


def test_settings_that_cannot_be_read_are_no_reason_to_make_others(root: Path) -> None:
    (root / "candid.env").symlink_to(root / "gone")
    with pytest.raises(Refusal, match=r"(?s)cannot be read.*sudo"):
        installation.settings()


@pytest.mark.parametrize("text", ["'", '"', "'a", "a'", "\"a'"])
def test_half_a_quote_is_part_of_the_value(text: str) -> None:
    assert secret_values.parse(f"A={text}\n") == {"A": text}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become somebody else")
def test_root_goes_on_as_the_owner_of_the_data(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, 65534)
    code = f"import os; from launcher.installation import become_owner as go; go({str(tmp_path)!r})"
    code += "; print(os.getresuid(), os.getresgid())"
    run = subprocess.run([sys.executable, "-c", code], cwd="bin", check=True, capture_output=True, text=True)
    told = run.stdout
    assert told == "(65534, 65534, 65534) (65534, 65534, 65534)\n"


def test_who_owns_the_data_stays_who_they_are(tmp_path: Path) -> None:
    before = os.getresuid()
    installation.become_owner(str(tmp_path))
    installation.become_owner(str(tmp_path / "gone"))
    assert os.getresuid() == before
