import json
import random
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

HEAD = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"


def validate(*arguments: str, **options: Any) -> str:
    out = StringIO()
    call_command("validate_preferences", *arguments, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Sixty customers of two tastes, over a hundred days; and lines that do not count."""
    chance = random.Random(2)
    rows = []
    for n in range(60):
        for day in range(0, 100, 4):
            at = datetime(2011, 1, 1) + timedelta(days=day, minutes=n)
            taste = 10_000 if n % 2 else 20_000
            rows.append(f"{n}{day},{taste + chance.randrange(12)},x,1,{at},2.5,{n},UK")
    rows += ["C1,10001,x,-1,2011-01-05 00:00:00,2.5,1,UK", "9,POST,x,1,2011-01-05 00:00:00,9,1,UK"]
    rows += ["8,10001,x,1,2011-01-05 00:00:00,0,1,UK", "7,10001,x,1,2011-01-05 00:00:00,2,,UK"]
    path = tmp_path / "lines.csv"
    path.write_text(HEAD + "\n".join(rows) + "\n")
    return path


def test_it_prints_a_table_against_popularity(file: Path) -> None:
    text = validate(str(file), days=20.0)
    assert "1,500 purchases of 60 customers and 24 products" in text
    assert "default weights: beats the strongest popularity." in text
    assert text.count("nDCG@10") == 2


def test_it_prints_json(file: Path) -> None:
    found = json.loads(validate(str(file), days=20.0, json=True))
    rows = {(row["task"], row["name"]): row for row in found["results"]}
    assert rows["any product", "default weights"]["gain"]["low"] > 0.0
    assert set(found["learned_weights"]) > {"affinity"}


def test_bad_input_is_told(tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    with pytest.raises(CommandError, match="has no column"):
        validate(str(other))
    with pytest.raises(CommandError, match="cannot be read"):
        validate(str(tmp_path / "none.csv"))
    with pytest.raises(CommandError, match="above 0"):
        validate(str(file), days=0.0)
    with pytest.raises(CommandError, match="reach back far enough"):
        validate(str(file), days=60.0)
    monkeypatch.delenv("CRM_DATA_DIR", raising=False)
    with pytest.raises(CommandError, match="CRM_DATA_DIR"):
        validate()


@pytest.mark.realdata
def test_real_purchases_are_foretold_better_than_by_popularity(data_dir: Path) -> None:
    path = data_dir / "online_retail" / "online_retail.csv.xz"
    found = json.loads(validate(str(path), json=True))
    assert (found["customers"], found["products"]) == (4_334, 3_659)
    rows = {(row["task"], row["name"]): row for row in found["results"]}
    for task in ("any product", "products new to them"):
        assert rows[task, "default weights"]["gain"]["low"] > 0.0
