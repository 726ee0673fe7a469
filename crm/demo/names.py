"""Names of people and firms, all invented: mimesis for the West, lists of our own for China."""

import unicodedata
from dataclasses import dataclass
from random import Random

from mimesis import Person
from mimesis.locales import Locale

from crm.demo.places import Place

FAMILIES = (
    "王 wang,李 li,张 zhang,刘 liu,陈 chen,杨 yang,黄 huang,赵 zhao,吴 wu,周 zhou,徐 xu,孙 sun,马 ma,朱 zhu,"
    "胡 hu,郭 guo,何 he,林 lin,高 gao,罗 luo,郑 zheng,梁 liang,谢 xie,宋 song,唐 tang,许 xu,邓 deng,韩 han,"
    "冯 feng,曹 cao,彭 peng,曾 zeng,肖 xiao,田 tian,董 dong,潘 pan,袁 yuan,蔡 cai,蒋 jiang,余 yu,于 yu,杜 du,"
    "叶 ye,程 cheng,魏 wei,苏 su,吕 lü,丁 ding,任 ren,卢 lu,姚 yao,沈 shen,钟 zhong,姜 jiang,崔 cui,谭 tan,"
    "陆 lu,范 fan,汪 wang,廖 liao,石 shi,欧阳 ouyang,司马 sima,诸葛 zhuge,上官 shangguan"
)
GIVEN = (
    "伟 wei,芳 fang,娜 na,敏 min,静 jing,丽 li,强 qiang,磊 lei,洋 yang,艳 yan,勇 yong,军 jun,杰 jie,娟 juan,"
    "涛 tao,明 ming,超 chao,秀 xiu,霞 xia,平 ping,刚 gang,桂 gui,文 wen,辉 hui,玲 ling,建 jian,华 hua,红 hong,"
    "志 zhi,宇 yu,浩 hao,然 ran,子 zi,轩 xuan,梓 zi,涵 han,欣 xin,怡 yi,佳 jia,晨 chen,思 si,雨 yu,雪 xue,"
    "婷 ting,倩 qian,博 bo,俊 jun,鹏 peng,飞 fei,瑞 rui,嘉 jia,诗 shi,琪 qi,瑶 yao,晓 xiao,东 dong,海 hai,"
    "国 guo,春 chun,梅 mei,兰 lan,云 yun,龙 long,凯 kai"
)
FIRMS = (
    "华 hua,盛 sheng,达 da,恒 heng,瑞 rui,联 lian,信 xin,泰 tai,祥 xiang,鑫 xin,远 yuan,博 bo,宏 hong,源 yuan,"
    "嘉 jia,德 de,润 run,晟 sheng,启 qi,铭 ming,锦 jin,安 an,诚 cheng,科 ke"
)

# industry -> what such firms do: in English, German, French, Spanish, Chinese
TRADES = {
    "Manufacturing": {
        "en": ("Precision Parts", "Tooling", "Pumps", "Castings", "Packaging", "Bearings", "Coatings", "Foods"),
        "de": ("Präzisionsteile", "Maschinenbau", "Werkzeuge", "Verpackungen", "Antriebe", "Feinguss", "Lebensmittel"),
        "fr": ("Mécanique", "Emballages", "Outillage", "Fonderie", "Alimentaire", "Composites"),
        "es": ("Maquinaria", "Envases", "Herramientas", "Fundición", "Conservas"),
        "zh-hans": ("精密机械", "食品", "包装材料", "轴承", "自动化设备", "模具", "电子"),
    },
    "Retail": {
        "en": ("Stores", "Grocers", "Home & Garden", "Outdoor", "Books", "Pharmacy", "Sports"),
        "de": ("Markt", "Naturkost", "Buchhandlung", "Baumarkt", "Sporthaus", "Apotheken"),
        "fr": ("Épicerie", "Librairie", "Jardins", "Sports", "Pharmacie"),
        "es": ("Mercados", "Librerías", "Deportes", "Farmacias", "Moda"),
        "zh-hans": ("商贸", "超市", "百货", "便利店", "药房", "图书"),
    },
    "Finance": {
        "en": ("Credit Union", "Savings Bank", "Insurance", "Cash Services", "Exchange"),
        "de": ("Volksbank", "Versicherung", "Werttransporte", "Sparverein"),
        "fr": ("Assurances", "Crédit Mutualiste", "Transport de Fonds"),
        "es": ("Seguros", "Caja Rural", "Custodia"),
        "zh-hans": ("村镇银行", "保险", "典当", "小额贷款"),
    },
}
FOLD = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "o", "æ": "ae", "œ": "oe"})


def ascii_slug(text: str) -> str:
    """The text in small ASCII letters and digits with hyphens, for addresses."""
    folded = unicodedata.normalize("NFKD", text.casefold().translate(FOLD))
    kept = "".join(c if c.isascii() and c.isalnum() else " " for c in folded if not unicodedata.combining(c))
    return "-".join(kept.split())


def _pairs(text: str) -> list[tuple[str, str]]:
    return [(sign, sound) for sign, sound in (pair.split() for pair in text.split(","))]


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name, whole as it is said in their country, and in letters for an e-mail address."""

    full: str
    given: str
    family: str
    latin: str


class Namer:
    """Names people and firms; no firm twice."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.seed = rng.randrange(2**32)
        self.people: dict[str, Person] = {}
        self.families, self.given, self.firms = _pairs(FAMILIES), _pairs(GIVEN), _pairs(FIRMS)
        self.taken: set[str] = set()

    def person(self, place: Place) -> Name:
        """A person of this country: family name first in China."""
        if place.is_chinese:
            return self._chinese_person()
        source = self._source(place)
        given, family = source.first_name(), source.last_name()
        return Name(f"{given} {family}", given, family, f"{ascii_slug(given)}.{ascii_slug(family)}")

    def firm(self, place: Place, industry: str, city: str) -> tuple[str, str]:
        """The name of a firm of this industry in this city, and the slug of its domain."""
        for _ in range(100):
            name, slug = self._chinese_firm(place, industry, city) if place.is_chinese else self._firm(place, industry)
            if slug not in self.taken:
                break
        else:
            slug = f"{slug}-{len(self.taken)}"
        self.taken.add(slug)
        return name, slug

    def _source(self, place: Place) -> Person:
        if place.country not in self.people:
            self.people[place.country] = Person(Locale(place.locale), seed=self.seed + len(self.people))
        return self.people[place.country]

    def _chinese_person(self) -> Name:
        family, family_latin = self.rng.choice(self.families)
        signs = self.rng.sample(self.given, 1 if self.rng.random() < 0.25 else 2)
        given = "".join(sign for sign, _ in signs)
        latin = "".join(sound for _, sound in signs)
        return Name(f"{family}{given}", given, family, f"{ascii_slug(latin)}.{ascii_slug(family_latin)}")

    def _firm(self, place: Place, industry: str) -> tuple[str, str]:
        trade = self.rng.choice(TRADES[industry][place.language])
        family = self._source(place).last_name()
        short = f"{trade} {family}" if place.language in ("fr", "es") else f"{family} {trade}"
        return f"{short} {self.rng.choice(place.forms)}", ascii_slug(short)

    def _chinese_firm(self, place: Place, industry: str, city: str) -> tuple[str, str]:
        signs = self.rng.sample(self.firms, 2)
        trade = self.rng.choice(TRADES[industry][place.language])
        name = f"{city}{''.join(sign for sign, _ in signs)}{trade}{self.rng.choice(place.forms)}"
        return name, f"{''.join(sound for _, sound in signs)}-{self.rng.choice(('group', 'trade', 'works', 'co'))}"
