"""What the demo company sells: sixty products in ten categories. List prices are in euros; each region pays in its
own currency at a fixed rate, and every new year the list goes up by three per cent."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from customers.operations.records import ProductRecord

RATES = {"EUR": Decimal("1.00"), "USD": Decimal("1.10"), "CNY": Decimal("7.80")}
YEARLY_RISE = Decimal("0.03")
CENT = Decimal("0.01")

# category, what one is called, the same in Chinese, [(model, price in euros)]
SHELVES: tuple[tuple[str, str, str, tuple[tuple[str, str], ...]], ...] = (
    ("Barcode scanners", "barcode scanner", "条码扫描枪",
     (("Pico 120", "89"), ("Pico 240", "139"), ("Pico 240 wireless", "189"), ("Ranger XR", "329"),
      ("Counter Plus", "249"), ("Ring scanner R1", "419"))),
    ("Label printers", "label printer", "标签打印机",
     (("Tally 2", "179"), ("Tally 4", "289"), ("Tally 4 colour", "549"), ("Tally Industrial", "1190"),
      ("Tally Mobile", "399"), ("Tally Wrist", "459"))),
    ("Scales", "scale", "电子秤",
     (("Libra 6 kg", "129"), ("Libra 15 kg", "169"), ("Libra 60 kg", "289"), ("Libra Floor 600", "890"),
      ("Libra Pallet 2t", "1490"), ("Libra Lab", "690"))),
    ("Tills", "till", "收银机",
     (("Kasse One", "649"), ("Kasse Duo", "849"), ("Kasse Pad", "499"), ("Kasse Kiosk", "1890"),
      ("Cash drawer CD3", "99"), ("Card terminal T7", "229"))),
    ("Cash handling", "banknote counter", "点钞机",
     (("Conto 100", "219"), ("Conto 300", "489"), ("Conto 900 sorter", "2490"), ("Coin sorter M4", "349"),
      ("Note checker UV2", "79"), ("Deposit safe S2", "1290"))),
    ("Mobile computers", "mobile computer", "手持终端",
     (("Nomad 5", "599"), ("Nomad 6", "749"), ("Nomad 6 cold store", "990"), ("Nomad Tablet 10", "890"),
      ("Nomad Vehicle", "1390"), ("Cradle for Nomad", "89"))),
    ("Sensors", "sensor", "传感器",
     (("Thermo T1", "59"), ("Thermo T4 logger", "129"), ("Humid H2", "99"), ("Vibra V3", "349"),
      ("Flow F2", "459"), ("Gateway G1", "289"))),
    ("Labels and rolls", "box of labels", "标签纸",
     (("Labels 50×30, 12 rolls", "38"), ("Labels 100×150, 8 rolls", "52"), ("Freezer labels, 12 rolls", "64"),
      ("Till rolls, 50 pieces", "29"), ("Ribbon wax, 6 pieces", "45"), ("Ribbon resin, 6 pieces", "78"))),
    ("Spare parts", "spare part", "配件",
     (("Print head Tally", "119"), ("Battery Nomad", "59"), ("Charger Pico", "25"), ("Load cell Libra", "89"),
      ("Drive belt Conto", "19"), ("Cable set", "15"))),
    ("Service contracts", "service contract", "维保合同",
     (("Care Basic, one year", "149"), ("Care Plus, one year", "349"), ("Care On-site, one year", "690"),
      ("Calibration of a scale", "95"), ("Installation day", "780"), ("Training half-day", "420"))),
)  # fmt: skip

DEVICES = 7  # the first so many shelves hold things that break; the others paper, parts and service

# how often the customers of an industry buy of each shelf, in the order above
TASTES = {
    "Manufacturing": (5, 7, 7, 0.3, 0.2, 4, 7, 9, 5, 4),
    "Retail": (6, 4, 4, 8, 3, 3, 1, 10, 4, 3),
    "Finance": (1, 1, 0.3, 1, 10, 0.5, 0.5, 2, 4, 6),
    "": (4, 3, 3, 3, 0.5, 1, 2, 8, 5, 1),  # private persons, small shops
}


@dataclass(frozen=True, slots=True)
class Product:
    id: str
    sku: str
    name: str
    category: str
    name_zh: str
    price: Decimal  # euros, as on the last day of the dealings
    shelf: int

    @property
    def is_small(self) -> bool:
        """Whether one buys several at a time."""
        return self.price < 100

    @property
    def is_device(self) -> bool:
        """Whether it can break down."""
        return self.shelf < DEVICES

    def list_price(self, currency: str, at: datetime, now: datetime) -> Decimal:
        """What the list said on that day, in this currency."""
        rise = (1 + YEARLY_RISE) ** (now.year - at.year)
        return (self.price * RATES[currency] / rise).quantize(CENT)

    def record(self) -> ProductRecord:
        """The product as the import takes it."""
        return ProductRecord(
            source_id=self.id,
            sku=self.sku,
            name=self.name,
            category=self.category,
            list_price=self.price,
            currency="EUR",
        )


def catalogue() -> list[Product]:
    """All products, shelf by shelf."""
    products = []
    for shelf, (category, noun, noun_zh, models) in enumerate(SHELVES):
        for number, (model, price) in enumerate(models, start=1):
            code = f"{shelf + 1:02}{number:02}"
            plain = shelf >= DEVICES
            name = model if plain else f"{model} {noun}"
            name_zh = noun_zh if plain else f"{model}{noun_zh}"
            products.append(Product(f"product-{code}", f"D-{code}", name, category, name_zh, Decimal(price), shelf))
    return products
