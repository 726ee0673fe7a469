"""Speed of preferences, in memory: which products go together, and the ranking for each customer.

`./bin/crm bench preferences [LINES PRODUCTS]`, usually 10,000,000 lines of 1,000,000 customers, and 20,000
products. Prints `name value unit`."""

import resource
import sys
import time

import numpy as np
from scipy import sparse

from analytics.scoring.catalogue import Lines, buyers_of, measure_items
from analytics.scoring.item_arrays import blocks, ranked
from analytics.scoring.preference_parameters import ITEM_FEATURES, PreferenceParameters

CATEGORIES = 100
RANKED = 2_000
MOST_CELLS = 200_000


def main(lines: int = 10_000_000, products: int = 20_000) -> None:
    """Make the lines, popular products more often than others, and time both parts."""
    customers = max(1, lines // 10)
    chance = np.random.default_rng(1)
    given = _lines(chance, lines, customers, products)
    parameters = PreferenceParameters()
    started = time.process_time()
    baskets = given.baskets(customers, products, parameters)
    print(f"preferences_baskets {time.process_time() - started:.2f} cpu_s")
    started = time.process_time()
    prices = np.zeros(products)
    items = measure_items(baskets, np.arange(products) % CATEGORIES, prices, prices, parameters)
    print(f"preferences_fit {time.process_time() - started:.2f} cpu_s")
    print(f"preferences_peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
    who = given.customer < RANKED
    mine = Lines(given.customer[who], given.item[who], given.category[who], given.age_days[who], given.log_price[who])
    none = np.zeros((RANKED, CATEGORIES))
    weights = np.tile([parameters.weights[name] for name in ITEM_FEATURES], (RANKED, 1))
    started = time.process_time()
    buyers = buyers_of(mine, products, none, none, sparse.csr_matrix((RANKED, products)), weights, parameters)
    shown = sum(
        len(rows)
        for part in blocks(buyers, items, parameters, most_cells=MOST_CELLS)
        for rows in ranked(part, parameters, most=5)
    )
    print(f"preferences_rank {(time.process_time() - started) / RANKED * 1e6:.0f} cpu_us_per_customer")
    print(f"preferences_shown {shown / RANKED:.1f} products_per_customer")


def _lines(chance: np.random.Generator, lines: int, customers: int, products: int) -> Lines:
    item = (products * chance.random(lines) ** 2).astype(np.int64)
    who = chance.integers(0, customers, lines)
    age = chance.uniform(0, 730, lines)
    return Lines.of(who, item, item % CATEGORIES, age, chance.normal(2, 1, lines))


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
