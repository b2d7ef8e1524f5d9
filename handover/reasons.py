"""What the system and Python's own readers say of a failure, in Japanese: a word for the usual reasons, a place for the others.

Sentences of `sentences` take these words as `{detail}`. Standard library only, since it runs on the vendor's machine.
"""

import errno
import re

_REASONS = {
    errno.ENOENT: "見つかりません",
    errno.EACCES: "読み書きする権限がありません",
    errno.EPERM: "読み書きする権限がありません",
    errno.EROFS: "書き込めない媒体です",
    errno.ENOSPC: "空き容量がありません",
    errno.EIO: "読み書きに失敗しました",
    errno.EEXIST: "同じ名前のものがあります",
    errno.EISDIR: "フォルダーです",
    errno.ENOTDIR: "フォルダーではありません",
    errno.ENODEV: "媒体が外されています",
    errno.ENXIO: "媒体が外されています",
}


def of_system(error: OSError) -> str:
    """Why the system would not handle a file."""
    return _REASONS.get(error.errno or 0, f"システムのエラー{error.errno}" if error.errno else "システムのエラー")


def of_toml(error: ValueError) -> str:
    """Where a TOML file cannot be read."""
    at = re.search(r"at line (\d+), column (\d+)", str(error))
    if at:
        return f"{at[1]}行目の{at[2]}文字目"
    return "ファイルの終わり" if "end of document" in str(error) else "UTF-8 の文字でないところ"
