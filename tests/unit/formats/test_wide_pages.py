"""Chinese, Japanese and Korean files in the code pages of their countries: read as they were written, or refused; never wrong."""

from __future__ import annotations

import os
import random
from collections import Counter

import pytest
from tests.unit.formats.test_code_pages import found_in

from nightclerk.core.errors import SenderError

REPEATS = int(os.environ.get("NIGHTCLERK_REPEATS", "30"))
#: Code page → the language, and words as exports hold them.
TEXTS = {
    "cp932": (
        "ja",
        "東京商事株式会社|大阪府堺市|山田工業|売掛金一覧|請求書番号|サクラ食品|ﾔﾏﾀﾞ ﾀﾛｳ|株式会社さくら|有限会社みどり|前橋支店",
    ),
    "euc_jp": (
        "ja",
        "東京商事株式会社|大阪府堺市|山田工業|売掛金一覧|請求書番号|サクラ食品|株式会社さくら|有限会社みどり|神奈川県|前橋支店",
    ),
    "gb18030": (
        "zh",
        "北京科技有限公司|上海贸易公司|广州食品厂|深圳电子|应收账款明细|发票号码|到期日|客户|浙江省杭州市|福建茶叶|张伟|李娜",
    ),
    "cp950": (
        "zh",
        "台北科技有限公司|高雄貿易公司|臺中食品廠|新竹電子|應收帳款明細|發票號碼|到期日|客戶|桃園市中壢區|張偉|李娜|陳記茶行",
    ),
    "cp949": ("ko", "서울무역|한국식품 주식회사|부산전자|김치나라|청구서번호|거래처|미수금 명세|만기일|경기도 성남시|박지훈"),
}
SIZES = (1, 2, 5, 20, 300)


def written(words: list[str], lines: int, chance: random.Random) -> str:
    rows = [f"{number};{chance.choice(words)};{chance.randrange(10**6) / 100}\r\n" for number in range(lines)]
    return "Code;Name;Amount\r\n" + "".join(rows)


@pytest.mark.parametrize("name", TEXTS)
def test_a_file_is_read_as_it_was_written_or_refused(name: str) -> None:
    seed = random.randrange(10**9)
    print(f"seed {seed}")
    chance = random.Random(seed)
    language, words = TEXTS[name][0], TEXTS[name][1].split("|")
    endings: Counter[tuple[int, str]] = Counter()
    for lines in SIZES:
        for _ in range(REPEATS if lines < 100 else 1):
            text = written(words, lines, chance)
            try:
                found, read = found_in(text.encode(name), language)
            except SenderError as refused:
                endings[lines, refused.code] += 1
                continue
            assert read == text, f"{name} was read as {found.written}"
            endings[lines, "read"] += 1
    print(endings)
    assert {code for _, code in endings} <= {"read", "encoding_ambiguous", "wrong_encoding"}
    assert endings[300, "read"] == 1
    assert endings[20, "read"] >= REPEATS * 0.9


def test_a_guess_comes_with_its_evidence() -> None:
    found, _ = found_in("番号;取引先\r\n1;東京商事株式会社\r\n2;株式会社さくら\r\n".encode("cp932"), "ja")
    assert (found.written, found.encoding, found.evidence.by, found.evidence.alike) == ("cp932", "utf-8", "guess", ("cp932",))
    assert 'make sense in Windows-932, as in "番号", "取引先".' in str(found.evidence.told)


@pytest.mark.parametrize("language", ["ja", "zh", "ko"])
@pytest.mark.parametrize("text", ["Société;Générale;Forêt;Besançon", "Привет;Мир;Счёт;Сумма"])
def test_words_of_other_languages_are_refused(language: str, text: str) -> None:
    name = "cp1252" if "Soci" in text else "cp1251"
    with pytest.raises(SenderError) as refused:
        found_in(f"a;b;c;d\r\n{text}\r\n".encode(name), language)
    assert refused.value.code in {"wrong_encoding", "not_text", "encoding_ambiguous"}


def test_a_byte_that_fits_no_code_page_is_named_with_its_line() -> None:
    with pytest.raises(SenderError) as refused:
        found_in("번호;이름\r\n1;서울무역\r\n".encode("cp949") + b"2;\xff\r\n", "ko")
    assert refused.value.code == "not_text"
