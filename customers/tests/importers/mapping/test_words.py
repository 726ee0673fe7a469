import pytest

from customers.importers.mapping.synonyms import known_by_name
from customers.importers.mapping.targets import Aim
from customers.importers.mapping.words import code_of, words_of


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("E-mail_AddressLine__c", "e mail address line"),
        ("NumberOfEmployees", "number of employees"),
        ("SLAExpirationDate__c", "sla expiration date"),
        ("Model [list]", "model"),
        ("Straße", "strasse"),
        ("姓名（全名）", "姓名 全名"),
    ],
)
def test_a_name_is_taken_apart(column: str, words: str) -> None:
    assert words_of(column) == words


@pytest.mark.parametrize(
    ("column", "code"),
    [
        ("Customer Priority__c", "customer_priority"),
        ("客户等级", "客户等级"),
        ("name", "name_"),
        ("!!!", "_"),
        ("x" * 80, "x" * 50),
    ],
)
def test_a_column_gets_the_code_of_an_attribute(column: str, code: str) -> None:
    assert code_of(column) == code


@pytest.mark.parametrize(
    ("column", "target"),
    [
        ("E-Mail Address", "email"),
        ("Emial address", "email"),
        ("MobilePhone", "phone:mobile"),
        ("Company", "relation:works-for:to.name"),
        ("Date of Birth", "attribute:birth_date=date"),
        ("姓名", "name"),
        ("手机号码", "phone:mobile"),
        ("电话", "phone"),
        ("邮箱", "email"),
        ("公司", "relation:works-for:to.name"),
        ("地址", "address"),
        ("微信号", "messenger:WeChat"),
        ("备注", "note"),
        ("Shoe size", ""),
        ("stat", ""),
    ],
)
def test_columns_are_known_by_what_people_call_them(column: str, target: str) -> None:
    assert known_by_name(column) == target


def test_a_target_is_taken_apart() -> None:
    assert Aim.of("relation:works-for:to#2.name") == Aim("relation", "works-for", "to", "2", "name")
    assert Aim.of("attribute:客户等级=number") == Aim("attribute", "客户等级", type="number")
    assert Aim.of("email:work") == Aim("email", "work")
    with pytest.raises(ValueError, match="E-Mail!"):
        Aim.of("E-Mail!")
