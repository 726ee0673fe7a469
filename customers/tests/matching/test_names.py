import pytest

from customers.matching.names import OrganisationName, PersonName, organisation_name, person_name

PEOPLE = {
    "Ann Lee": PersonName(("ann",), ("lee",)),
    "Dr. Ann  Müller-Schmidt": PersonName(("ann",), ("muller", "schmidt")),
    "Lee, Ann": PersonName(("ann",), ("lee",)),
    "John Smith, Jr.": PersonName(("john",), ("smith",), "2"),
    "Jan van der Berg": PersonName(("jan",), ("van", "der", "berg")),
    "Seán O'Neil": PersonName(("sean",), ("oneil",)),
    "Madonna": PersonName(("madonna",)),
    "Mr": PersonName(("mr",)),
    "王芳": PersonName(cjk_given="芳", cjk_family="王"),
    "王 芳": PersonName(cjk_given="芳", cjk_family="王"),
    "欧阳小芳": PersonName(cjk_given="小芳", cjk_family="欧阳"),
    "王先生": PersonName(cjk_family="王"),
    "王芳 Wendy": PersonName(("wendy",), (), "", "芳", "王"),
    "山田 太郎": PersonName(cjk_given="太郎", cjk_family="山田"),
    "fang@example.com": PersonName(),
    "0171 555": PersonName(),
    "…": PersonName(),
}

ORGANISATIONS = {
    "Acme Pumps Ltd.": OrganisationName(("acme", "pumps"), form="limited"),
    "Acme Pumps Co., Ltd": OrganisationName(("acme", "pumps"), form="limited"),
    "S.A. Acme": OrganisationName(("sa", "acme")),
    "Acme S.p.A.": OrganisationName(("acme",), form="spa"),
    "Müller GmbH & Co. KG": OrganisationName(("muller",), form="gmbh co kg"),
    "Ltd": OrganisationName(("ltd",)),
    "ООО Насосы": OrganisationName(("насосы",), form="ooo"),
    "First National Bank": OrganisationName(("first", "national", "bank"), is_generic=True),
    "上海华力泵业股份有限公司": OrganisationName(cjk="上海华力泵业", form="jsc"),
    "阿里巴巴（中国）有限公司": OrganisationName(cjk="阿里巴巴中国", form="limited"),
    "㈱山田製作所": OrganisationName(cjk="山田製作所", form="kk"),
    "华为 Huawei": OrganisationName(("huawei",), cjk="华为"),
    "中国科技集团": OrganisationName(cjk="中国科技集团", is_generic=True),
    "公司": OrganisationName(cjk="公司"),
}


@pytest.mark.parametrize("name", PEOPLE)
def test_a_persons_name_comes_apart(name: str) -> None:
    assert person_name(name) == PEOPLE[name]


def test_the_columns_of_given_and_family_name_are_believed() -> None:
    assert person_name("Fang Wang", "Fang", "Wang") == PersonName(("fang",), ("wang",))
    assert person_name("王芳", "芳", "王") == PersonName(cjk_given="芳", cjk_family="王")
    assert person_name("Waller", "", "Waller") == PersonName((), ("waller",))


@pytest.mark.parametrize("name", ORGANISATIONS)
def test_an_organisations_name_is_parted_from_its_legal_form(name: str) -> None:
    assert organisation_name(name) == ORGANISATIONS[name]
