"""Forecasts of demand: 1,000 products in 20 categories over 104 weeks, as the nightly job makes them.

PRODUCTS of them (1,000 where it is not said), an order line each week of each. In memory alone first, then with reading
and writing. Prints `name value unit`; needs an empty database, which `./bin/crm bench demand` makes."""

import os
import resource
import sys
import time
from datetime import UTC, datetime, timedelta

import django
import numpy as np

PRODUCTS = int(os.environ.get("PRODUCTS", "1000"))
WEEKS, LINES_OF_AN_ORDER = 104, 50
NOW = datetime(2026, 6, 3, 10, tzinfo=UTC)
MONDAY = datetime(2026, 6, 1, tzinfo=UTC)


def main() -> int:
    """Measure."""
    from analytics.demand.ladder import TIERS, climb
    from analytics.demand.panel import Panel
    from analytics.demand.plan import WEEKS as RHYTHM
    from analytics.demand.plan import plan_for

    demand = np.random.default_rng(1).poisson(20, (PRODUCTS, WEEKS)).astype(float)
    started = time.process_time()
    climb(Panel(demand, 52), plan_for(WEEKS, RHYTHM), dict(TIERS))
    in_memory = time.process_time() - started
    print(f"demand_in_memory {in_memory:.2f} cpu_s")

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()
    from analytics.operations.forecast_demand import forecast_demand
    from analytics.operations.start_forecasts import start_forecasts

    _fill(demand)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for turn in ("first", "again"):
        started, cpu = time.perf_counter(), time.process_time()
        run = forecast_demand(run=start_forecasts(as_of=NOW, at=NOW), at=NOW)
        print(f"demand_nightly_{turn} {time.perf_counter() - started:.2f} s")
        used = time.process_time() - cpu
        print(f"demand_nightly_{turn}_cpu {used:.2f} cpu_s")
        print(f"demand_nightly_{turn}_to_in_memory_ratio {used / in_memory:.1f}")
    print(f"demand_groups {run.groups} groups")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"demand_peak {peak / 1024:.0f} MiB")
    print(f"demand_grown {(peak - before) / 1024:.0f} MiB")
    return 0


def _fill(demand: "np.ndarray[tuple[int, int], np.dtype[np.float64]]") -> None:
    from customers.models import Category, Customer, Order, OrderLine, Product, Team

    customer = Customer.objects.create(name="Shop", team=Team.objects.create(name="Bench"))
    categories = [Category.objects.create(name=f"C{n}") for n in range(20)]
    products = Product.objects.bulk_create(
        (
            Product(sku=f"p{n}", name=f"Product {n}", category=categories[n % 20], list_price=10)
            for n in range(PRODUCTS)
        ),
        batch_size=1_000,
    )
    for week in range(WEEKS):
        at = MONDAY - timedelta(weeks=WEEKS - week) + timedelta(days=1)
        starts = range(0, PRODUCTS, LINES_OF_AN_ORDER)
        orders = Order.objects.bulk_create(
            Order(number=f"{week}-{start}", customer=customer, currency="EUR", ordered_at=at) for start in starts
        )
        OrderLine.objects.bulk_create(
            OrderLine(
                order=orders[n // LINES_OF_AN_ORDER],
                product=products[n],
                quantity=int(demand[n, week]) + 1,
                unit_price=9,
                list_price=10,
            )
            for n in range(PRODUCTS)
        )


if __name__ == "__main__":
    sys.exit(main())
