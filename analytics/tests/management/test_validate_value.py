"""The published figures of CDNOW and Telco, and the commands of relationship value."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from analytics.management.value_samples import cdnow, telco
from analytics.models import CustomerValue
from analytics.tests.orders import order
from customers.models import Customer


def said(name: str, **options: Any) -> dict[str, Any]:
    out = StringIO()
    call_command(name, stdout=out, json=True, **options)
    return dict(json.loads(out.getvalue()))


@pytest.mark.realdata
@pytest.mark.once("sqlite", reason="it asks no database")
def test_cdnow_gives_the_published_parameters(data_dir: Path) -> None:
    found = cdnow(data_dir / "cdnow" / "CDNOW_sample.txt")
    assert found["customers"] == 2357
    assert (found["r"], found["alpha"], found["a"], found["b"]) == pytest.approx((0.243, 4.414, 0.793, 2.426), abs=6e-4)
    assert found["log_likelihood"] == pytest.approx(-9582.4, abs=0.05)
    gamma = [found[f"gamma_gamma_{name}"] for name in ("p", "q", "gamma")]
    assert gamma == pytest.approx([6.25, 3.74, 15.44], abs=0.01)
    assert found["auc_expected"] == pytest.approx(0.773, abs=0.001)
    assert found["auc_alive"] == pytest.approx(0.316, abs=0.001)


@pytest.mark.realdata
@pytest.mark.once("sqlite", reason="it asks no database")
def test_telco_gives_the_known_auc(data_dir: Path) -> None:
    found = telco(data_dir / "telco" / "Telco-Customer-Churn.csv.xz")
    assert (found["customers"], found["left"]) == (7043, 1869)
    assert found["auc"] == pytest.approx(0.845, abs=0.003)
    assert found["auc_tenure"] == pytest.approx(0.740, abs=0.003)


@pytest.mark.django_db
def test_value_customers_values_everybody_and_says_so(acme: Customer) -> None:
    from django.utils import timezone

    order(acme, 5, ordered_at=timezone.now())
    found = said("value_customers")
    assert found["customers"] == 1 and CustomerValue.objects.count() == 1
    assert said("validate_value")["own"]["customers"] == 1


@pytest.mark.django_db
def test_a_file_that_is_none_and_nothing_at_all_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("not,a,sample\n")
    for name in ("cdnow", "telco"):
        with pytest.raises(CommandError, match="cannot be read"):
            said("validate_value", **{name: path})
    with pytest.raises(CommandError, match="value_customers"):
        said("validate_value")
