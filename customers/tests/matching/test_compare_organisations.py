"""Cases of organisations."""

from typing import Any

import pytest

from customers.tests.matching.people import ELSEWHERE, HOME, findings, look_alike, organisation, person

PHONE: dict[str, Any] = {"phones": ["+44 113 1"]}
EMAIL: dict[str, Any] = {"emails": ["info@acme.example"]}

ALIKE = {
    "the legal form in full": (organisation("Acme Pumps Ltd"), organisation("ACME PUMPS LIMITED")),
    "the legal form left out": (organisation("Siemens AG"), organisation("Siemens")),
    "dots in it": (organisation("Acme Pumps S.A."), organisation("Acme Pumps SA")),
    "two forms in one": (organisation("Müller GmbH & Co. KG"), organisation("Müller")),
    "a Polish one": (organisation("Pompy Sp. z o.o."), organisation("POMPY sp. z o. o.")),
    "a Russian one, in front": (organisation("ООО Насосы"), organisation("Насосы")),
    "full width": (organisation("ＡＣＭＥ　Ｐｕｍｐｓ"), organisation("Acme Pumps")),
    "another mailbox and phone": (
        organisation("Acme Pumps", phones=["a"], emails=["b"]),
        organisation("Acme Pumps", phones=["c"], emails=["d"]),
    ),
    "a slip and the same phone": (organisation("Siemens AG", **PHONE), organisation("Siemnes AG", **PHONE)),
    "written in one word": (organisation("Smith Kline", **PHONE), organisation("SmithKline", **PHONE)),
    "its letters": (
        organisation("IBM", **PHONE),
        organisation("International Business Machines Corp.", **PHONE),
    ),
    "two legal forms, one phone": (organisation("Acme Pumps Ltd", **PHONE), organisation("Acme Pumps GmbH", **PHONE)),
    "common words and one phone": (organisation("City Hospital", **PHONE), organisation("City Hospital", **PHONE)),
    "有限公司 and 有限责任公司": (
        organisation("上海华力泵业有限公司"),
        organisation("上海华力泵业有限责任公司"),
    ),
    "without the city": (organisation("上海华力泵业有限公司", **PHONE), organisation("华力泵业", **PHONE)),
    "有限公司 and 股份有限公司, one phone": (
        organisation("上海华力泵业有限公司", **PHONE),
        organisation("上海华力泵业股份有限公司", **PHONE),
    ),
    "the same tax number under a new name": (
        organisation("Alpha Trading", identifiers=[("vat", "GB12345")]),
        organisation("Omega Systems", identifiers=[("vat", "GB12345")]),
    ),
    "entered as a person": (person("Acme Pumps", **EMAIL), organisation("Acme Pumps Ltd", **EMAIL)),
    "a firm of one": (person("John Smith", **EMAIL, **PHONE), organisation("John Smith", **EMAIL, **PHONE)),
}

NOT_ALIKE = {
    "two legal forms": (organisation("Acme Pumps Ltd"), organisation("Acme Pumps GmbH")),
    "有限公司 and 股份有限公司": (
        organisation("上海华力泵业有限公司"),
        organisation("上海华力泵业股份有限公司"),
    ),
    "branches with one mailbox and phone": (
        organisation("Acme Berlin GmbH", **PHONE, **EMAIL),
        organisation("Acme Munich GmbH", **PHONE, **EMAIL),
    ),
    "two countries": (organisation("Acme Pumps", country="GB"), organisation("Acme Pumps", country="US")),
    "a chain at two addresses": (
        organisation("Starbucks", address=HOME),
        organisation("Starbucks", address=ELSEWHERE),
    ),
    "common words": (organisation("City Hospital"), organisation("City Hospital")),
    "common words, different ones": (
        organisation("Bank of China", **PHONE),
        organisation("Bank of America", **PHONE),
    ),
    "two numbers": (organisation("School 12", **PHONE), organisation("School 21", **PHONE)),
    "a slip and nothing else": (organisation("Siemens AG"), organisation("Siemans AG")),
    "one other sign": (organisation("上海华力泵业有限公司"), organisation("上海华立泵业有限公司")),
    "another name in the same house": (
        organisation("北京天河贸易有限公司", address=HOME),
        organisation("北京海河贸易有限公司", address=HOME),
    ),
    "who works there": (person("Ann Lee", **EMAIL, **PHONE), organisation("Acme Pumps Ltd", **EMAIL, **PHONE)),
}


@pytest.mark.parametrize("case", ALIKE)
def test_these_look_alike(case: str) -> None:
    one, other = ALIKE[case]
    assert look_alike(one, other), findings(one, other)


@pytest.mark.parametrize("case", NOT_ALIKE)
def test_these_do_not(case: str) -> None:
    one, other = NOT_ALIKE[case]
    assert not look_alike(one, other), findings(one, other)


def test_two_scripts_are_not_compared() -> None:
    assert findings(organisation("华为"), organisation("Huawei")) == {}
