"""Countries and languages by whatever name a file gives them."""

from collections.abc import Callable
from functools import cache, lru_cache
from importlib.resources import files

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext as _

from customers.importers.mapping.words import words_of

Note = Callable[[str], object]

# Names that neither of the two lists has.
ALSO = {
    "uk": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "northern ireland": "GB", "great britain": "GB",
    "united states of america": "US", "u s a": "US", "u s": "US", "america": "US",
    "deutschland": "DE", "osterreich": "AT", "schweiz": "CH", "suisse": "CH", "holland": "NL", "nederland": "NL",
    "espana": "ES", "italia": "IT", "brasil": "BR", "eire": "IE", "rsa": "ZA", "czech republic": "CZ",
    "channel islands": "GB", "russia": "RU", "russian federation": "RU", "south korea": "KR", "korea": "KR",
    "republic of korea": "KR", "viet nam": "VN", "uae": "AE", "prc": "CN", "p r china": "CN", "mainland china": "CN",
    "中国": "CN", "中华人民共和国": "CN", "中国大陆": "CN", "中国香港": "HK", "香港": "HK", "中国台湾": "TW",
    "台湾": "TW", "臺灣": "TW", "中国澳门": "MO", "澳门": "MO", "美国": "US", "英国": "GB", "德国": "DE",
    "法国": "FR", "日本": "JP", "韩国": "KR", "新加坡": "SG", "澳大利亚": "AU", "加拿大": "CA", "俄罗斯": "RU",
    "意大利": "IT", "西班牙": "ES", "印度": "IN", "巴西": "BR", "荷兰": "NL", "瑞士": "CH", "马来西亚": "MY",
    "泰国": "TH", "越南": "VN", "印度尼西亚": "ID", "菲律宾": "PH", "新西兰": "NZ",
}  # fmt: skip
LANGUAGES = {"中文": "zh", "汉语": "zh", "普通话": "zh", "英语": "en", "英文": "en", "日语": "ja", "chinese": "zh"}


def country_code(text: str, note: Note) -> str:
    """The two letters of ISO 3166 for a country by code or name; empty, with a note, for what is no country."""
    found = _country(text)
    if not found:
        note(_("“%(text)s” is no country that is known here: left out") % {"text": text[:60]})
    return found


def language_code(text: str, note: Note) -> str:
    """The code of a language, like pt or zh-CN, by code or English name; empty, with a note, for what is none."""
    found = _language(text)
    if not found:
        note(_("“%(text)s” is no language that is known here: left out") % {"text": text[:60]})
    return found


@lru_cache(maxsize=4096)
def _country(text: str) -> str:
    return _countries().get(words_of(text), "")


@cache
def _countries() -> dict[str, str]:
    from holidays.registry import COUNTRIES  # slow to load, and needed by imports only

    found: dict[str, str] = {}
    for name, (_class, two, three, *_more) in COUNTRIES.items():
        found |= {words_of(name): two, two.casefold(): two, three.casefold(): two}
    listed = files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text(encoding="utf-8")
    for line in listed.splitlines():
        if not line.startswith("#"):
            code, name = line.split("\t")
            found |= {code.casefold(): code, words_of(name): code, words_of(name.partition("(")[0]): code}
    return {**found, **ALSO}


@lru_cache(maxsize=1024)
def _language(text: str) -> str:
    parts = text.replace("_", "-").split("-")
    if parts[0].casefold() in _languages().values() and len(text) <= 10:
        return "-".join([parts[0].lower(), *parts[1:]])
    return _languages().get(words_of(text), "")


@cache
def _languages() -> dict[str, str]:
    named = {code: info for code, info in LANG_INFO.items() if "name" in info}
    found = {words_of(info["name"]): code for code, info in named.items()}
    found |= {words_of(info["name_local"]): code for code, info in named.items()}
    return {**found, **LANGUAGES}
