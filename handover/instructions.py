"""The page that lies on every medium: how somebody who has only Python opens the container, in Japanese.

Plain text that any machine shows: UTF-8 with its mark and Windows line ends, as the editor of every Windows reads it.
It says plainly what has to be installed and what the way by 7-Zip does not check. It names no piece of personal data
and no secret. Stands in step 6 seal.
"""

from handover import onefile
from handover.envelope import Envelope, beside_name

NAME = "README-ja.txt"

_TEXT = """\
媒体の使い方（処理 {batch}　媒体 {medium}　使用期限 {until}）

この媒体にあるもの
  {container}
      暗号化した容器です（{size:,}バイト）。
  {envelope}
      署名した送り状です。容器のハッシュ値と、区の公開鍵があります。
  {tool}
      検証と開封のプログラムです。インストールは要りません。
  {readme}
      この説明書です。

1　用意するもの
  Python 3.11 以上（https://www.python.org/ のもの）だけです。ネットワークは使いません。
  コマンド プロンプトで次を打ち、3.11 以上の数字が出ることを確かめます。
      py --version            （Linux・macOS では python3 --version。以下の py も同じ）
  2 からは、媒体のドライブに移ってから行います（例: ドライブが E なら E: と打ちます）。
  契約で届け出た機器で行ってください。{needs}

2　媒体を確かめる
  媒体番号と封印を授受票と見比べ、異常があるときは開けずに連絡してください。
  この媒体のプログラムも差し替えられることがあり得ます。{tool} のハッシュ値を次で出し、
  別に届いた通知書の値、または前に受け取って保管しているものと見比べてください。
      certutil -hashfile {tool} SHA256        （Linux では sha256sum {tool}）

3　検証する（何も残しません）
      py {tool} verify {container} --medium {medium} --key 指紋{identity}
  「指紋」には、契約時または通知書で知らされた区の署名鍵の指紋を、空白を入れずに64文字続けて打ちます。
  {secret}
  ok で始まる行が出れば、署名、ハッシュ値、中身の全てが正しいものです。

4　開く
      py {tool} open {container} --medium {medium} --key 指紋 --out 出力先のフォルダー{identity}
  「出力先のフォルダー」は、作業に使う機器の、まだないか空のフォルダーです。媒体には書けません。
  ok で始まる行が出たときだけ、出力先ができます。途中で止まったときは、もう一度行うと、残ったものを消してから
  やり直します。出力先は複製です。場所を控え、作業が終わったら消去し、消去証明書に書いてください。

5　「拒否」と出たとき
  出力は消えています。かぎ括弧の中の記号と文を控え、媒体は使わずに保管し、区の担当者に連絡してください。
  aes.no-library と出たときだけは、次のどちらかで続けられます。
      (1) python.org の Python 3.11 以上に替える
      (2) py -m pip install pycryptodomex （ネットワークのある別の機器で入手したものを持ち込む）

6　Python が使えないとき（7-Zip による方法）
  この方法では署名を確かめられず、名前の変更や差し込みも見つかりません。必ず次の順に行ってください。
      (1) certutil -hashfile {container} SHA256 の値を、区の担当者に電話で読み上げて確かめる
      (2) 7-Zip で {container} を開き、中身が payload.tar 一つだけであることを見る
      (3) パスフレーズ（ハイフンを含む）で payload.tar を取り出し、その中のファイルを取り出す
      (4) 取り出した各ファイルのハッシュ値を manifest.json の sha256 と見比べる
      (5) payload.tar も複製です。作業が終わったら消去する
  Windows のエクスプローラーでは開けません。{age_note}

7　報告する
  用紙も、媒体でなく機器のフォルダーに作ります（次の「作業」をその場所に、Linux・macOS では \\ を / に読み替えます）。
      印刷の報告の用紙を作り、メモ帳で書く
          py {tool} report {container} --form 作業\\報告.toml --opened 出力先のフォルダー
      区に出すファイル（作業\\報告.json）を作る。通数と枚数は、開いた容器と比べられます
          py {tool} report {container} 作業\\報告.toml --opened 出力先のフォルダー
      消去証明書の用紙を作り、メモ帳で書く
          py {tool} certificate --form 作業\\証明.toml --batch {batch}
      区に出すファイル（作業\\証明.json）を作る
          py {tool} certificate 作業\\証明.toml
"""

_BY_LETTER = "パスフレーズを尋ねられたら、別に届いた封書のとおりに打ちます（画面には出ません）。"
_AGE = "パスフレーズは使いません。「秘密鍵」には、貴社の age の秘密鍵のファイルを指定します。"
_AGE_NEEDS = (
    "\n  この容器は貴社の age の鍵で開きます。秘密鍵のファイルのほか、age（1.0 以上）か、"
    "\n  py -m pip install pyrage で入る部品のどちらかが要ります。"
)
_AGE_NOTE = "\n  (3) のパスフレーズは、送り状の secret の部分を貴社の鍵で age により復号したものです。"


def text(envelope: Envelope) -> bytes:
    """The page for the container of this envelope."""
    by_key = bool(envelope.unlock.recipient)
    page = _TEXT.format(
        batch=envelope.batch,
        medium=envelope.medium,
        until=envelope.valid_until.isoformat(),
        container=envelope.container,
        size=envelope.size,
        envelope=beside_name(envelope.container),
        tool=onefile.NAME,
        readme=NAME,
        needs=_AGE_NEEDS if by_key else "",
        identity=" --identity 秘密鍵" if by_key else "",
        secret=_AGE if by_key else _BY_LETTER,
        age_note=_AGE_NOTE if by_key else "",
    )
    return page.replace("\n", "\r\n").encode("utf-8-sig")
