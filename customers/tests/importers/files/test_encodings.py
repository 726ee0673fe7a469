from pathlib import Path

import pytest

from customers.importers.files.encodings import LONGEST_LINE, find_encoding
from customers.importers.files.guess import guess_encoding
from customers.importers.files.open_file import open_file
from customers.importers.files.sheet import ImportStopped

TEXTS = {
    "gb18030": "姓名,电话,公司\n王芳,13800138000,上海贸易有限公司\n",
    "big5": "姓名,電話,公司\n陳大文,0912345678,台北貿易股份有限公司\n",
    "cp932": "名前,電話\n山田太郎,03-1234-5678\nさとう花子,03-222\n",
    "cp949": "이름,전화\n김철수,02-123\n",
    "cp1251": "Имя,Телефон\nИван Петров,+7 495\n",
    "koi8_r": "Имя,Телефон\nИван Петров,+7 495\n",
    "cp1253": "Όνομα\nΓιώργος Παπαδόπουλος\n",
    "cp1250": "Imię,Miasto\nŁukasz Żółć,Kraków\n",
    "cp1254": "İsim,Şehir\nİsmail Çağlar,Şişli\n",
    "mac_roman": "Nom,Prénom\nLefèvre,Hélène\n",
    "cp1252": "Nom,Prénom\nLefèvre,Hélène\nO’Brien,“Pat” – 5 €\n",
}


def write(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("encoding", TEXTS)
def test_it_guesses_what_a_few_names_are_written_in(encoding: str) -> None:
    assert guess_encoding(TEXTS[encoding].encode(encoding)) == encoding


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("name\nRené\n", "cp1252"),
        ("NAME\nMÜLLER\n", "cp1252"),
        ("nome\nJoão\n", "cp1252"),
        ("nome\nJoão\n", "mac_roman"),
        ("name\n王芳\n", "gb18030"),
        ("name\nO’Brien\n", "cp1252"),
    ],
)
def test_one_name_may_be_enough(text: str, encoding: str) -> None:
    assert guess_encoding(text.encode(encoding)) == encoding


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_utf_8_and_what_bears_a_mark_is_certain(encoding: str, tmp_path: Path) -> None:
    found = find_encoding(write(tmp_path, "name\n王芳\n".encode(encoding)))
    assert (found.name, found.is_guess, found.lines) == (encoding, False, 2)
    assert list(open_file(tmp_path / "people.csv")[0].rows()) == [(2, ["王芳"], "")]


def test_a_guess_is_refused_naming_line_and_option_unless_somebody_confirms_it(tmp_path: Path) -> None:
    path = write(tmp_path, b"name\nAnn\n" + "René\n".encode("cp1252"))
    with pytest.raises(ImportStopped, match=r"as line 3 shows.*--encoding cp1252"):
        open_file(path)
    sheet = open_file(path, confirm=True)[0]
    assert (sheet.encoding, [cells for _line, cells, _problem in sheet.rows()]) == ("cp1252", [["Ann"], ["René"]])
    assert [cells for _line, cells, _problem in open_file(path, encoding="latin-1")[0].rows()] == [["Ann"], ["René"]]


@pytest.mark.parametrize(
    ("content", "stated", "said"),
    [
        (b"name\nAnn\nRen\x81\n", "cp1252", "is not in cp1252: line 3"),
        (b"name\nAnn\nRen\x8e\n", "latin-1", "is not in latin-1: line 3"),
        ("name\nAnn\nRené\n".encode(), "cp1252", "line 3 shows that it is in UTF-8, not in cp1252"),
        ("name\nRené\n".encode("cp1252"), "utf-8", "is not in utf-8: line 2"),
        ("name\nRené\n".encode("utf-16"), "cp1252", "begins with the mark of UTF-16"),
        (b"name\nAnn\n", "klingon", "there is no encoding named “klingon”"),
        (b"name\nAnn\n", "base64", "there is no encoding named “base64”"),
    ],
)
def test_a_wrong_encoding_is_refused(content: bytes, stated: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ImportStopped, match=said):
        open_file(write(tmp_path, content), encoding=stated)


def test_a_few_chinese_signs_may_be_proper_utf_8_by_chance(tmp_path: Path) -> None:
    content = b"name\n\xc2\xb7\n"
    assert find_encoding(write(tmp_path, content)).name == "utf-8"
    assert find_encoding(write(tmp_path, content), "gbk").name == "gb18030"


def test_bytes_that_are_wrong_far_down_are_found_before_anything_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, b"name\n" + b"Ann\n" * 700_000 + b"Ren\xe9\n")
    with pytest.raises(ImportStopped, match="as line 700002 shows"):
        open_file(path)


def test_a_letter_that_stands_on_the_seam_of_two_readings_is_one(tmp_path: Path) -> None:
    content = b"n\n" + b"x" * ((1 << 20) - 3) + "é\n".encode()
    assert find_encoding(write(tmp_path, content)).is_guess is False


def test_an_endless_line_is_no_list(tmp_path: Path) -> None:
    with pytest.raises(ImportStopped, match="more than 16 million bytes"):
        open_file(write(tmp_path, b"x" * (LONGEST_LINE + (2 << 20))))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark_is_a_guess(encoding: str, tmp_path: Path) -> None:
    path = write(tmp_path, "name,city\nAnn Lee,Leeds\n".encode(encoding))
    with pytest.raises(ImportStopped, match=f"--encoding {encoding}"):
        open_file(path)
    assert next(open_file(path, encoding=encoding)[0].rows())[1] == ["Ann Lee", "Leeds"]
