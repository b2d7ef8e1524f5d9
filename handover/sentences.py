"""The Japanese sentences of this room's rules: what is wrong, and what to do next. Ward staff and vendor read them."""

_ASK = "作業を止め、区の担当者に連絡してください。"
_KEEP = "この媒体は使わず、そのまま保管して区の担当者に連絡してください。"

SENTENCES = {
    # files
    "file.missing": "ファイル {path} が見つかりません。場所と名前を確かめてください。",
    "file.is-folder": "{path} はフォルダーです。容器のファイル（.zip）を指定してください。",
    "file.system": "{path} を読み書きできませんでした（{detail}）。場所・空き容量・権限を確かめて、もう一度行ってください。",
    "time.no-zone": "日時に時差（例: +09:00）がありません。時差を付けて入力してください。",
    # passphrase
    "passphrase.empty": "パスフレーズが入力されていません。封書のパスフレーズを入力してください。",
    "passphrase.foreign-symbol": (
        "パスフレーズの第{group}組の{place}文字目は、パスフレーズに使われない文字です。封書と見比べて入力し直してください"
        "（0 1 2 5 B G I L O Q S U Z は使われません）。"
    ),
    "passphrase.wrong-length": (
        "パスフレーズの文字数が違います（{found}文字、正しくは{wanted}文字）。組の抜けや重なりがないか確かめてください。"
    ),
    "passphrase.typing-error": (
        "パスフレーズの第{group}組に打ち間違いがあります。その組を封書と見比べて入力し直してください。"
    ),
    "passphrase.entropy-broken": "乱数が得られないため、パスフレーズを作れません。システムの管理者に連絡してください。",
    "passphrase.salt-short": "パスフレーズの照合値を作るためのソルトが短すぎます。16バイト以上にしてください。",
    # keys
    "key.exists": "鍵ファイル {path} は既にあります。上書きはしません。別の名前を指定してください。",
    "key.unreadable": "鍵ファイル {path} が読めません。PEM 形式の鍵か確かめてください。",
    "key.not-ed25519": "鍵ファイル {path} は Ed25519 の鍵ではありません。区の署名鍵を指定してください。",
    "key.open-to-others": "署名鍵 {path} を本人以外も読める状態です。権限を 0600 に直してください。",
    "key.not-a-fingerprint": "指紋は16進64桁で入力してください。鍵ファイルを指定する場合は、場所を確かめてください。",
    "key.entropy-broken": "乱数が得られないため、鍵を作れません。システムの管理者に連絡してください。",
    # sealing
    "seal.no-files": "封緘するファイルがありません。ファイルを指定してください。",
    "seal.names-collide": (
        "同じ場所に展開される名前があります（大文字と小文字は同じとみなします）。名前を変えてください。"
    ),
    "seal.pages-of-unknown": "ページ数だけがあってファイルがありません: {name}。一覧を確かめてください。",
    "seal.batch-name": "処理番号 {batch} は使えません。英大文字・数字・ハイフンで12文字までにしてください。",
    "seal.medium-name": "媒体番号 {medium} は使えません。英大文字・数字・ハイフンで24文字までにしてください。",
    "seal.already-expired": "使用期限 {until} が作成日より前です。期限を見直してください。",
    "seal.negative-count": "件数・枚数・複製数に負の数があります。0以上にしてください。",
    "seal.source-changed": (
        "封緘中に {name} の内容が変わりました。作成中の処理が終わってから、もう一度封緘してください。"
    ),
    "seal.entropy-broken": "乱数が得られないため、暗号化できません。システムの管理者に連絡してください。",
    "seal.read-back": ("書いた容器を読み戻したところ、内容が一致しません。媒体を替えて、もう一度封緘してください。"),
    # envelope
    "envelope.missing": (
        "送り状 {path} が容器の隣にありません。2つのファイルを同じフォルダーに置いて、もう一度行ってください。"
    ),
    "envelope.unreadable": "送り状が壊れているか、書き換えられています。" + _KEEP,
    "envelope.signature": "送り状の署名が正しくありません。書き換えられたおそれがあります。" + _KEEP,
    "envelope.other-container": (
        "送り状は {named} のもので、この容器 {found} のものではありません。"
        "ファイル名を変えた場合は元に戻し、そうでなければ区の担当者に連絡してください。"
    ),
    "envelope.other-key": "署名した鍵の指紋（{found}）が、区から知らされた指紋（{wanted}）と違います。" + _KEEP,
    "envelope.other-medium": (
        "この送り状は媒体 {found} のものです（求められた媒体は {wanted}）。媒体の番号を確かめてください。"
    ),
    # container
    "container.size-differs": "容器の大きさが送り状と違います（{found}、正しくは{wanted}バイト）。" + _KEEP,
    "container.hash-differs": "容器の内容が送り状（処理 {batch}）と違います。壊れたか、差し替えられています。" + _KEEP,
    "container.passphrase": "パスフレーズが違います。この処理の封書のパスフレーズか確かめて、もう一度入力してください。",
    "container.altered": (
        "復号した内容の認証に失敗しました。パスフレーズが別の処理のものか、中身が書き換えられています。"
        "パスフレーズを確かめ、それでも同じなら区の担当者に連絡してください。"
    ),
    "container.expired": "使用期限 {until} を過ぎています（今日は {today}）。開かずに、区の担当者に連絡してください。",
    "zip.not-a-zip": "ZIP ファイルではないか、途中で切れています。" + _KEEP,
    "zip.appended": "ZIP の後ろに余分なデータ（{size}バイト）が付いています。" + _KEEP,
    "zip.prepended": "ZIP の前または間に余分なデータ（{size}バイト）が入っています。" + _KEEP,
    "zip.comment": "ZIP に覚えのないコメントが付いています。" + _KEEP,
    "zip.entry-missing": "ZIP の中身が抜き取られています（0件）。" + _KEEP,
    "zip.entry-added": "ZIP の中身は1件のはずですが、{count}件あります。差し込まれたものがあります。" + _KEEP,
    "zip.entry-name": "ZIP の中身の名前が {name} に変えられています（正しくは {wanted}）。" + _KEEP,
    "zip.not-encrypted": "ZIP の中身が暗号化されていません。" + _KEEP,
    "zip.not-aes256": "ZIP の暗号が AES-256（AE-2）ではありません。" + _KEEP,
    "zip.not-stored": "ZIP の中身が圧縮されています。区の作ったものではありません。" + _KEEP,
    "zip.inconsistent": "ZIP の記録が食い違っているか、区の作り方と違います。" + _KEEP,
    "aes.no-library": (
        "この Python には AES の計算に使える部品がありません。python.org の Python 3.11 以上を使うか、"
        "「python -m pip install pycryptodomex」を行ってください。7-Zip を使う方法は説明書にあります。"
    ),
    # a vendor with a key
    "age.recipient": "公開鍵 {recipient} は age の公開鍵（age1…）ではありません。受託者に確かめてください。",
    "age.needs-identity": (
        "この容器は受託者の age の鍵で開きます（パスフレーズは使いません）。--identity に秘密鍵のファイルを指定してください。"
    ),
    "age.not-used": "この容器はパスフレーズで開きます。--identity を付けずに、封書のパスフレーズを入力してください。",
    "age.identity": (
        "{path} に age の秘密鍵（AGE-SECRET-KEY-1…）がありません。age-keygen で作ったファイルを指定してください。"
    ),
    "age.other-identity": (
        "この秘密鍵では開けません。公開鍵 {recipient} と対になる鍵のファイルを指定してください。"
        "鍵をなくしたときは、区の担当者に連絡してください。"
    ),
    "age.no-tool": ("age の鍵を使う部品がありません。「python -m pip install pyrage」を行うか、age を入れてください。"),
    # the medium
    "medium.no-folder": "媒体の場所 {path} がありません。媒体が入っているか、場所が正しいか確かめてください。",
    "medium.not-empty": "媒体 {path} に別のもの（{names}）が入っています。空の媒体を使ってください。",
    "medium.file-missing": "媒体に {name} がありません。書き直してください。",
    "medium.file-unreadable": "媒体の {name} が読めません（{detail}）。媒体を替えて書き直してください。",
    "medium.file-differs": "媒体の {name} が、封緘したものと違います。媒体を替えて書き直してください。",
    "medium.file-extra": "媒体に、封緘したものにない {name} があります。この媒体は渡さず、調べてください。",
    "medium.other-container": (
        "媒体の送り状は別の容器（処理 {batch}、媒体 {medium}）のものです。書いた媒体を取り違えていないか確かめてください。"
    ),
    # the vendor's report and certificate, as forms
    "form.exists": "用紙 {path} は既にあります。上書きはしません。別の名前を指定してください。",
    "form.none-given": "用紙が指定されていません。--form で用紙を作り、記入してから、その名前を渡してください。",
    "form.no-folder": "フォルダー {path} がありません。先に作るか、別の場所を指定してください。",
    "form.unreadable": (
        "用紙 {path} が読めません（{detail}）。「=」の右の書き方を、ほかの行と見比べて直してください。"
        "「\\」のある場所は \" でなく ' で囲みます。"
    ),
    "form.field-blank": "用紙の {field} が空か、見本のままです。記入してください。",
    "form.field-kind": "用紙の {field} は、{wanted}で書いてください。",
    "form.field-choice": "用紙の {field} には、{choices} のどれかを書いてください。",
    "form.field-missing": "用紙に {field} の行がありません。新しい用紙から写してください。",
    "form.field-unknown": "用紙の {field} は使われない項目です。つづりを確かめてください。",
    "form.value": "用紙 {path} に書き方の違う項目があります（{detail}）。日付・数・記号を確かめてください。",
    "form.evidence-missing": "複製 {copy} の証拠ファイル {path} がありません。場所を確かめてください。",
    "report.unreadable": "報告のデータが読めません（{detail}）。出し直してもらってください。",
    "report.other-container": (
        "報告が別の容器のものです（この容器は処理 {batch}、媒体 {medium}）。この容器の用紙を使ってください。"
    ),
    "report.field-empty": "報告の {field} が空です。記入してください。",
    "report.pieces-twice": "印刷しなかった通の番号に、同じ番号か0があります。直してください。",
    "report.dates": "印刷を終えた日が報告の日より後です。日付を確かめてください。",
    "report.pieces-differ": (
        "印刷した通数 {printed} と印刷しなかった {missing}通を足しても、容器の{wanted}通になりません。"
        "印刷しなかった通の番号を全て書いてください。"
    ),
    "report.sheets-differ": "印刷した枚数 {printed} が、容器の{wanted}枚と合いません。数え直してください。",
    "report.known": "この報告（{report}）は受領済みです。出し直された報告か確かめてください。",
    "report.container-unknown": (
        "処理 {batch} の記録に、この報告の容器がありません。封緘し直す前の媒体の報告でないか、受託者に確かめてください。"
    ),
    "report.copy-unlisted": (
        "記録にない複製が報告されています: {host} {path}。受託者に確かめ、--confirm を付けて「発見」として記録してください。"
    ),
    "report.copy-unnamed": (
        "複製 {copy}（{host} {path}）が報告にありません。消去したのか書き漏らしたのか、受託者に確かめてください。"
    ),
    "report.spoilage-differs": (
        "処理 {batch} の損紙・予備は、報告では{spoiled}枚・{blanks}枚、記録では{known}枚・{known_blanks}枚です。"
        "確かめて、handover spoil で記録するか、報告を出し直してもらってください。"
    ),
    # inside
    "tar.broken": "中のファイルの並びが壊れています。" + _KEEP,
    "tar.appended": "中のファイルの並びの後ろに余分なデータがあります。" + _KEEP,
    "tar.member-kind": "中に普通のファイルでないもの（{kind}）があります: {name}。" + _KEEP,
    "tar.name-absolute": "絶対パスの名前は使えません: {name}。" + _ASK,
    "tar.name-climbs": "上の階層を指す名前は使えません: {name}。" + _ASK,
    "tar.name-unsafe": "使えない名前です: {name}。半角英数字と . _ - で100文字までにしてください。",
    "tar.member-twice": "同じ名前のファイルが2つあります: {name}。" + _KEEP,
    "tar.member-extra": "目録にないファイルがあります: {name}。" + _KEEP,
    "tar.member-missing": "目録にあるファイルがありません: {name}。" + _KEEP,
    "tar.header-foreign": "ファイル {name} の見出しが区の作り方と違います。" + _KEEP,
    "manifest.missing": "目録（manifest.json）が先頭にありません。" + _KEEP,
    "manifest.unreadable": "目録が読めません（{detail}）。" + _KEEP,
    "manifest.size-differs": "ファイル {name} の大きさが目録と違います（{found}、正しくは{wanted}バイト）。" + _KEEP,
    "manifest.hash-differs": "ファイル {name} の内容が目録と違います。" + _KEEP,
    "manifest.other-batch": "中身は処理 {inside} のもので、送り状（{outside}）と違います。" + _KEEP,
    "manifest.other-medium": "中身は媒体 {inside} のもので、送り状（{outside}）と違います。" + _KEEP,
    "manifest.other-key": "送り状に署名した鍵が、目録に書かれた区の鍵ではありません。" + _KEEP,
    "manifest.other-recipient": "容器の開け方（パスフレーズか公開鍵か）が、目録と送り状で違います。" + _KEEP,
    "manifest.other-validity": "作成日時または使用期限が、目録と送り状で違います。" + _KEEP,
    # opening
    "open.target-not-empty": (
        "出力先 {path} は空ではありません。空のフォルダーか、まだないフォルダーを指定してください。"
    ),
    "open.target-not-folder": "出力先 {path} はフォルダーではありません。別の場所を指定してください。",
    "open.no-parent": "出力先の親フォルダー {path} がありません。先に作ってください。",
    "open.left-behind": (
        "復号しかけた {path} を消せませんでした。開いているプログラムを閉じ、このフォルダーを手で消して、区の担当者に連絡してください。"
    ),
    "open.no-space": "出力先 {path} の空きが足りません（{size}バイト必要）。空きを作ってください。",
    # journal
    "journal.tag": "記録の種別 {tag} は使えません。決められた種別（発生元:対象:動作）を使ってください。",
    "journal.body": "記録の内容が JSON にできません（{detail}）。文字・整数・真偽・一覧だけにしてください。",
    "journal.unreadable": "記録の行が読めません（{detail}）。書き出し直すか、監査の担当者に連絡してください。",
    "journal.unreadable-line": "{line}行目が記録として読めません。書き換えられたおそれがあります。" + _ASK,
    "journal.altered": "記録{seq}番の内容が書き換えられています。" + _ASK,
    "journal.inserted": "記録{seq}番が{times}件あります。あとから差し込まれたおそれがあります。" + _ASK,
    "journal.gap": "記録{first}番から{last}番までが抜けています。" + _ASK,
    "journal.reordered": "記録{seq}番が{before}番の後ろにあります。並べ替えられています。" + _ASK,
    "journal.broken-link": (
        "記録{seq}番が直前の記録{before}番とつながりません。差し替えか差し込みのおそれがあります。" + _ASK
    ),
    "journal.truncated": "記録が{last}番で終わり、あるはずの{seq}番までありません。末尾が切り取られています。" + _ASK,
    "journal.restored": (
        "台帳が記録{last}番のころの状態に戻されています（控えは{seq}番まで進んでいました）。"
        "バックアップから戻したことを確かめ、そのあとの作業を全て洗い出してください。"
    ),
    "journal.rewritten": "記録{seq}番が、控えまたは台帳の計数と違います。作り直されたおそれがあります。" + _ASK,
    "journal.appended": "記録{seq}番より後ろは、このプログラムが書いたものではありません。書き足されたおそれがあります。"
    + _ASK,
    "journal.counter-missing": "台帳から記録の計数が消されています。" + _ASK,
    "journal.counter-differs": (
        "記録の末尾（{last}番）が台帳の計数（{seq}番）と合わないため、書き足せません。"
        "「print-service journal verify」で確かめ、監査の担当者に連絡してください。"
    ),
    "head.unreadable": "記録の控えが読めません（{detail}）。控えのファイルを確かめてください。",
    "head.signature": "記録の控えの署名が正しくありません。別に保管した控えと見比べてください。",
    "head.other-key": "記録の控えが、区の鍵で署名されていません。控えの出所を確かめてください。",
    # contract
    "contract.unreadable": "契約ファイル {path} が読めません（{detail}）。TOML の書き方を確かめてください。",
    "contract.field-missing": "契約ファイルに {field} がありません。書き足してください。",
    "contract.field-unknown": "契約ファイルの {field} は使われない項目です。つづりを確かめてください。",
    "contract.re-entrustment": (
        "再委託をしない旨の申告（no_reentrustment の declared_on と declared_by）が正しく書かれていません。"
        "受託者の申告を確かめて、書き足してください。"
    ),
    "contract.dates": "契約の終わりの日が始まりの日より前です。直してください。",
    "contract.accreditation": (
        "認証{number}件目の kind（privacy-mark か isms）・number・valid_to が正しくありません。直してください。"
    ),
    "contract.not-in-force": "契約 {contract} の期間（{first}〜{last}）に{on}は入りません。契約を確かめてください。",
    "contract.accreditation-lapsed": (
        "受託者の認証（Pマーク・ISMS）が全て切れています（最後の期限 {last}、作業日 {on}）。更新の証を出してもらってください。"
    ),
    "contract.not-reported": (
        "契約 {contract} の従事者・作業場所届がまだ受理されていません。届を確かめ、handover contract accept で受理してください。"
    ),
    "contract.changed-since": (
        "契約ファイルが、{day}に受理した届のあとで変わっています。変更届を確かめ、もう一度受理してください。"
    ),
    "contract.already-accepted": "この届は{day}に受理済みです。変更があったときだけ、受理し直してください。",
    "contract.declared-later": "再委託なしの申告の日（{on}）が、受理の日より後です。申告を確かめてください。",
    "contract.person-field": "契約ファイルの従事者{number}人目の {field} が正しくありません。直してください。",
    "contract.person-dates": "契約ファイルの従事者{number}人目は、終わりの日が始まりの日より前です。直してください。",
    "contract.person-twice": "従事者 {person} が2回書かれています。どちらかを消してください。",
    "contract.responsible-unlisted": "取扱責任者 {person} が受託者の従事者一覧にありません。一覧に加えてください。",
    "people.too-few": "{duty}は{wanted}人以上で行います（届け出られたのは{found}人）。もう一人の名を加えてください。",
    "people.not-on-list": "{person} は従事者一覧にありません（{duty}）。先に届出を受け、一覧に加えてください。",
    "people.not-valid": "{person} は{on}に従事できる期間ではありません（{duty}）。届出の期間を確かめてください。",
    "people.wrong-side": "{duty}は{side}の職員が行います。{person} は違います。",
    "people.wrong-role": "{person} の届出には {role} の役割がありません（{duty}）。届出を確かめてください。",
    "people.untrained": (
        "{person} の研修の記録が切れているか、ありません（{duty}、期限 {until}）。研修を受けた届を確かめてください。"
    ),
    "people.both-sides": "{people} が渡す側と受ける側の両方にいます。別の人にしてください。",
    # custody
    "custody.medium-known": "媒体 {medium} は登録済みです。新しい番号を付けてください。",
    "custody.medium-unknown": "媒体 {medium} は登録されていません。番号を確かめてください。",
    "custody.batch-unknown": "処理 {batch} の媒体は登録されていません。番号を確かめてください。",
    "custody.batch-closed": "処理 {batch} は完了しています（媒体 {medium}）。新しい処理で行ってください。",
    "custody.container-hash": (
        "媒体 {medium} の容器のハッシュが16進64桁ではありません。封緘の記録から写してください。"
    ),
    "custody.part": "正・副の別が {part} になっています。正か副にしてください。",
    "custody.deadline-past": "媒体 {medium} の返却期限または消去期限が登録日より前です。期限を見直してください。",
    "custody.field-empty": "{field} が空です。記入してください。",
    "custody.field-long": "{field} が長すぎます。半角{longest}文字（全角{wide}文字）までに縮めてください。",
    "custody.time-reversed": "媒体 {medium} の日時が、前の記録より前になっています。日時を確かめてください。",
    "custody.not-handed-over": "媒体 {medium} はまだ引き渡していません。先に引渡しを記録してください。",
    "custody.already-out": "媒体 {medium} は引渡し済みで運搬中です。受領を記録してください。",
    "custody.not-received": "媒体 {medium} はまだ受領されていません。取込みの前に、受領書を受けて記録してください。",
    "custody.already-received": "媒体 {medium} は既に受領されています。番号を確かめてください。",
    "custody.seal-broken": (
        "媒体 {medium} は封印が破れて（または番号違いで）届きました。取り込まず、返却させてください。"
    ),
    "custody.already-returned": "媒体 {medium} は返却済みです。使うときは新しい媒体として登録してください。",
    "custody.not-back": "媒体 {medium} がまだ戻っていません。返却を受けてから完了してください。",
    "custody.copies-exceeded": (
        "媒体 {medium} の複製は{allowed}件までです。取込みを止めてください。"
        "既にできた複製は「発見」として記録してください。"
    ),
    "custody.copies-open": (
        "処理 {batch} に消去証明のない複製があります: {copies}。証明書を受けてから完了してください。"
    ),
    "custody.copy-known": "複製 {copy} は記録済みです。番号を確かめてください。",
    "custody.nothing-to-certify": "処理 {batches} に消去を証明すべき複製がありません。処理番号を確かめてください。",
    "custody.other-serial": (
        "媒体 {medium} の製造番号は {wanted} のはずですが、{found} です。別の媒体なので、渡さず、受け取らずに確かめてください。"
    ),
    "custody.coming-back": "媒体 {medium} は返送中です。返却（return）を記録してください。",
    "custody.other-carriers": (
        "媒体 {medium} を運んでいるのは {wanted} です。別の人が持って来たときは、受け取らずに事情を確かめてください。"
    ),
    "custody.copy-certified": "複製 {copy} は証明書 {certificate} で証明済みです。番号を確かめてください。",
    "custody.spoilage-known": "損紙の報告 {spoilage} は記録済みです。番号を確かめてください。",
    "custody.spoilage-unknown": "損紙の報告 {spoilage} はありません。番号を確かめてください。",
    "custody.spoilage-settled": "損紙 {spoilage} は処分済みです。番号を確かめてください。",
    "custody.spoilage-dates": "損紙 {spoilage} の処分日が、報告の前か今日より後です。日付を確かめてください。",
    "custody.spoilage-unreported": (
        "処理 {batch} の損紙の報告がありません。なかったときも0枚の報告を受けてから完了してください。"
    ),
    "custody.spoilage-open": "処理 {batch} に処分の済んでいない損紙があります: {spoilage}。処分を記録してください。",
    "custody.witness-is-executor": "損紙 {spoilage} の処分者と立会者が同じ人です。別の人の立会いが必要です。",
    "custody.not-read-back": (
        "媒体 {medium} は、書いた場所からの読戻しがまだです。print-service read-back {medium} <媒体の場所> で読み戻してから渡してください。"
    ),
    "custody.other-container": (
        "媒体番号 {medium} は、別の容器の媒体として登録されています。番号と媒体を確かめてください。"
    ),
    "custody.own-approval": (
        "{person} は自分の書出しを承認できません。操作者でない監督者を --approved-by に指定してください。"
    ),
    "custody.spare-not-read-back": (
        "副の媒体 {medium} は、書いた場所からの読戻しがまだです。"
        "print-service read-back {medium} <媒体の場所> --of {first} で読み戻してから登録してください。"
    ),
    "custody.spare-differs": (
        "媒体 {medium} から読み戻した容器が、正の媒体 {first} のものと違います。同じ容器を書き直し、読み戻してください。"
    ),
    "custody.secret-dates": "媒体 {medium} のパスフレーズの受渡し日時が、今より後です。日時を確かめてください。",
    "custody.secret-delivered": "媒体 {medium} のパスフレーズの受渡しは記録済みです。媒体番号を確かめてください。",
    "custody.secret-with-medium": (
        "{people} が、媒体 {medium} とそのパスフレーズの両方を手にすることになります。"
        "パスフレーズは運搬者でない人が、別の経路で渡してください。"
    ),
    "custody.spoilage-differs": (
        "処理 {batch} の損紙は、受託者の報告では{reported}枚、記録では{known}枚です。"
        "受託者に確かめ、handover spoil で足りない分を記録するか、報告を出し直してもらってください。"
    ),
    "custody.letters-left": (
        "処理 {batch} に、差し出しも引抜きの報告も済んでいない通が{count}通あります。"
        "差出し（post slip）か引抜き（job pull）を終えてから完了してください。"
    ),
    "custody.impossible": (
        "記録{seq}番（{tag}）は、それまでの経過からは起こり得ません。監査の担当者に連絡してください。"
    ),
    # certificate of erasure
    "certificate.unreadable": "消去証明のデータが読めません（{detail}）。出し直してもらってください。",
    "certificate.no-statement": (
        "「ほかに複製はない」旨の記載がありません。記載した証明書を出し直してもらってください。"
    ),
    "certificate.field-empty": "消去証明の {field} が空です（複製 {copy}）。記入してもらってください。",
    "certificate.copy-missing": (
        "複製 {copy}（{host} {path}）の消去証明がありません。消去を確かめ、証明書に加えてもらってください。"
    ),
    "certificate.copy-twice": "複製 {copy} が証明書に2回あります。直してもらってください。",
    "certificate.copy-unknown": (
        "複製 {copy} は、証明を待つ複製にありません。"
        "知らされていない複製なら「発見」として記録してから、証明を受けてください。"
    ),
    "certificate.place-differs": (
        "複製 {copy} の種類か場所が記録（{host} {path}）と違います。どちらが正しいか確かめてください。"
    ),
    "certificate.witness-is-executor": "複製 {copy} の実施者と立会者が同じ人です。別の人の立会いが必要です。",
    "certificate.evidence": (
        "複製 {copy} の証拠ファイルのハッシュが16進64桁ではありません。証拠を出してもらってください。"
    ),
    "certificate.evidence-missing": (
        "複製 {copy} の証拠ファイルが、区の持つ証拠の中にありません。証拠を出してもらい、もう一度確かめてください。"
    ),
    "certificate.dates": "消去証明の日付が前後しています（複製 {copy}）。日付を確かめてもらってください。",
    "certificate.number-form": "証明書番号 {number} は使えません。英数字とハイフンで40文字までにしてください。",
    "certificate.number-used": "証明書番号 {number} は使用済みです。番号を確かめてください。",
    "certificate.other-contract": (
        "証明書の契約番号 {found} が、この契約 {wanted} と違います。出し直してもらってください。"
    ),
    # incidents
    "incident.unknown": "事故 {incident} は登録されていません。番号を確かめてください。",
    "incident.known": "事故 {incident} は登録済みです。番号を確かめてください。",
    "incident.closed": (
        "事故 {incident} は終結しています。新しく分かったことは新しい事故として登録し、元の番号を書いてください。"
    ),
    "incident.times": "事故 {incident} の日時（発見・覚知・登録）が前後しています。日時を確かめてください。",
    "incident.recovered": "回収した数 {recovered} が全体の数 {total} を超えています。数を確かめてください。",
    "incident.confirmed-missing": "事故 {incident} の確報がまだです。確報を出してから終結してください。",
    "incident.confirmed-given": (
        "事故 {incident} は確報済みです。新しく分かったことは assess で記録してから、報告し直してください。"
    ),
    "incident.report-owed": "事故 {incident} は報告が必要です。速報と確報を出してから終結してください。",
    "incident.not-contained": "事故 {incident} の拡大防止がまだ記録されていません。contain で記録してください。",
    "incident.persons-unknown": "事故 {incident} の本人の数がまだ分かっていません。assess で記録してください。",
    "incident.vendor-report-missing": "事故 {incident} について、受託者の書面の報告がありません。受けて記録してください。",
    "incident.item-missing": "報告の項目 {item} が書かれていません。書き足してください（速報では概要だけでも出せます）。",
    "incident.item-too-long": "報告の項目 {item} が長すぎます。{longest}文字までに縮め、詳しくは別紙にしてください。",
    "incident.item-unknown": "報告の項目 {item} は使われません。つづりを確かめてください。",
    # audits
    "audit.unknown": "実地調査 {audit} は記録されていません。番号を確かめてください。",
    "audit.known": "実地調査 {audit} は記録済みです。番号を確かめてください。",
    "audit.nothing-open": "実地調査 {audit} に改善を待つ指摘はありません。番号を確かめてください。",
    "audit.field": "実地調査の記録の {field} が正しくありません。直してください。",
    "audit.point": "実地調査の項目 {point} の記録がないか、正しくありません。全ての項目を記録してください。",
    "audit.dates": "実地調査 {audit} の実施日が今日より後です。日付を確かめてください。",
    "audit.remedy-by": "実地調査 {audit} に守られていない項目があります。改善の期限（remedy_by）を書いてください。",
}
