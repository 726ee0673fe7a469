"""The forecasts on real data: they beat seasonal naive, and the intervals hold what they promise."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command


def validate(*arguments: str, **options: Any) -> str:
    out = StringIO()
    call_command("validate_demand", *arguments, stdout=out, **options)
    return out.getvalue()


# name -> what is published beats seasonal naive by so much, at least (WAPE)
GAINS = {"online_retail": 0.15, "olist": 0.30, "incidents": 0.08}


@pytest.mark.realdata
@pytest.mark.parametrize("name", sorted(GAINS))
def test_what_is_published_beats_seasonal_naive_out_of_sample(data_dir: Path, name: str) -> None:
    found = json.loads(validate(name, "--json", data=data_dir))[name]
    rows = {row["tier"]: row for row in found["results"]}
    assert found["beats_naive"]
    assert rows["chosen"]["wape"] < (1 - GAINS[name]) * rows["naive"]["wape"]
    assert rows["chosen"]["mase"] < rows["naive"]["mase"]
    assert 0.74 <= rows["chosen"]["covered80"] <= 0.86
    assert 0.89 <= rows["chosen"]["covered95"] <= 0.98
    assert sum(found["chosen"].values()) == found["series"] * len(found["cuts"])


@pytest.mark.realdata
def test_it_prints_a_table(data_dir: Path) -> None:
    text = validate("incidents", data=data_dir)
    assert "incidents: queues by day, 40 series of 74 steps." in text
    assert "What is published beats seasonal naive by" in text


def test_a_data_set_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="There is no data set m4; there are online_retail, olist, incidents"):
        validate("m4", data=tmp_path)
    with pytest.raises(CommandError, match="The file cannot be read"):
        validate("olist", data=tmp_path)
    monkeypatch.delenv("CRM_DATA_DIR", raising=False)
    with pytest.raises(CommandError, match="set CRM_DATA_DIR"):
        validate()
