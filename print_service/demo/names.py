"""Synthetic people and companies: common surnames and given names put together by chance, none of them a real person.

The variant surnames hold what hurts a print service: 髙 and 﨑 (CP932 IBM extensions), 𠮷 𣘺 𡈽 (plane 2), 邉 with
its variation selector (Moji_Joho). Kana are full-width here and written half-width, as tax hosts keep them.
"""

import unicodedata
from dataclasses import dataclass
from random import Random

SPACE = "\u3000"


@dataclass(frozen=True)
class Name:
    """A name as registered, and its half-width kana."""

    text: str
    kana: str
    honorific: str = "様"


_SURNAMES = """
佐藤サトウ 鈴木スズキ 高橋タカハシ 田中タナカ 伊藤イトウ 渡辺ワタナベ 山本ヤマモト 中村ナカムラ
小林コバヤシ 加藤カトウ 吉田ヨシダ 山田ヤマダ 佐々木ササキ 山口ヤマグチ 松本マツモト 井上イノウエ
木村キムラ 林ハヤシ 斎藤サイトウ 清水シミズ 山崎ヤマザキ 森モリ 池田イケダ 橋本ハシモト
阿部アベ 石川イシカワ 山下ヤマシタ 中島ナカジマ 石井イシイ 小川オガワ 前田マエダ 岡田オカダ
長谷川ハセガワ 藤田フジタ 後藤ゴトウ 近藤コンドウ 村上ムラカミ 遠藤エンドウ 青木アオキ 坂本サカモト
斉藤サイトウ 福田フクダ 太田オオタ 西村ニシムラ 藤井フジイ 金子カネコ 岡本オカモト 中野ナカノ
原田ハラダ 松田マツダ 竹内タケウチ 小野オノ 中山ナカヤマ 石田イシダ 上田ウエダ 森田モリタ
原ハラ 柴田シバタ 酒井サカイ 工藤クドウ
"""
_GIVEN = """
太郎タロウ 一郎イチロウ 健一ケンイチ 誠マコト 浩ヒロシ 翔太ショウタ 大輔ダイスケ 拓也タクヤ
直樹ナオキ 隆タカシ 和夫カズオ 正雄マサオ 茂シゲル 清キヨシ 勝マサル 健太ケンタ
蓮レン 陽翔ハルト 湊ミナト 悠真ユウマ 花子ハナコ 恵子ケイコ 幸子サチコ 洋子ヨウコ
和子カズコ 由美子ユミコ 真由美マユミ 智子トモコ 陽子ヨウコ 美咲ミサキ 愛アイ 彩アヤ
結衣ユイ 陽菜ヒナ 凛リン 葵アオイ 桜サクラ 千代チヨ 節子セツコ 久美子クミコ
"""
VARIANT_SURNAMES = (
    ("髙橋", "タカハシ"),
    ("髙﨑", "タカサキ"),
    ("山﨑", "ヤマザキ"),
    ("𠮷田", "ヨシダ"),
    ("渡邉\U000e010f", "ワタナベ"),
    ("渡邉\U000e0117", "ワタナベ"),
    ("渡邊\U000e0109", "ワタナベ"),
    ("𣘺本", "ハシモト"),
    ("𡈽屋", "ツチヤ"),
    ("齋\U000e0103藤", "サイトウ"),
    ("葛\U000e0102西", "カサイ"),
    ("辻\U000e0102村", "ツジムラ"),
    ("濵\U000e0102田", "ハマダ"),
    ("榊\U000e0102原", "サカキバラ"),
)
_COMPANIES = (
    ("株式会社見本運輸", "カブシキガイシャミホンウンユ"),
    ("有限会社みほん製作所", "ユウゲンガイシャミホンセイサクショ"),
    ("合同会社サンプルデリバリー", "ゴウドウガイシャサンプルデリバリー"),
    ("株式会社見本町清掃サービス", "カブシキガイシャミホンチョウセイソウサービス"),
    ("医療法人社団見本会", "イリョウホウジンシャダンミホンカイ"),
)

_VOICED = {"\u3099": "ﾞ", "\u309a": "ﾟ"}
_HALF = {unicodedata.normalize("NFKC", chr(point)): chr(point) for point in range(0xFF61, 0xFF9E)}


def half_width(kana: str) -> str:
    """Half-width form of full-width katakana, voicing marks as characters of their own; the rest unchanged."""
    parts = unicodedata.normalize("NFD", kana.replace(SPACE, " "))
    return "".join(_VOICED.get(character) or _HALF.get(character, character) for character in parts)


def person(rng: Random, variant_per_mille: int = 40) -> Name:
    """One person; about `variant_per_mille` of a thousand have a variant surname."""
    surname, surname_kana = rng.choice(VARIANT_SURNAMES if rng.randrange(1000) < variant_per_mille else SURNAMES)
    given, given_kana = rng.choice(GIVEN)
    return named(surname, surname_kana, given, given_kana)


def named(surname: str, surname_kana: str, given: str, given_kana: str) -> Name:
    """A person of the given parts, kana full-width."""
    return Name(f"{surname}{SPACE}{given}", half_width(f"{surname_kana} {given_kana}"))


def company(number: int) -> Name:
    """The n-th synthetic company; the list repeats with a branch number."""
    text, kana = _COMPANIES[number % len(_COMPANIES)]
    branch = number // len(_COMPANIES)
    return Name(text + (f"第{branch}営業所" if branch else ""), half_width(kana), "御中")


def _split(table: str) -> tuple[tuple[str, str], ...]:
    pairs = []
    for entry in table.split():
        kanji = "".join(character for character in entry if not "ァ" <= character <= "ヶ" and character != "ー")
        pairs.append((kanji, entry[len(kanji) :]))
    return tuple(pairs)


SURNAMES = _split(_SURNAMES)
GIVEN = _split(_GIVEN)
