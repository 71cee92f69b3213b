"""Labels that Instagram prints next to values, in the languages seen or documented (2021-2026).

JSON and HTML archives use the language of the account. For labels in none of these tables, the readers rely on the order
and form of the values.
"""

from __future__ import annotations

from functools import lru_cache

from indexer.text import fold


def _table(*labels: str) -> frozenset[str]:
    return frozenset(fold(label) for label in labels)


COMMENT = _table(
    "comment",
    "text",
    "caption",
    "comentario",
    "comentário",
    "komentar",
    "commentaire",
    "kommentar",
    "commento",
    "reactie",
    "texto",
    "pie de foto",
    "legenda",
    "teks",
    "keterangan",
    "комментарий",
    "текст",
    "подпись",
    "评论",
    "留言",
    "說明",
    "说明",
    "コメント",
    "キャプション",
    "댓글",
    "문구",
    "yorum",
    "açıklama",
    "komentarz",
    "podpis",
    "bình luận",
    "chú thích",
    "légende",
    "texte",
    "bildunterschrift",
    "didascalia",
    "testo",
    "bijschrift",
    "kommentti",
    "تعليق",
    "टिप्पणी",
    "ความคิดเห็น",
    "σχόλιο",
)
OWNER = _table(
    "media owner",
    "owner",
    "author",
    "propietario del contenido multimedia",
    "propietario",
    "proprietário da mídia",
    "proprietário de multimédia",
    "proprietário",
    "pemilik media",
    "pemilik",
    "propriétaire du contenu multimédia",
    "medieninhaber",
    "proprietario del contenuto multimediale",
    "media-eigenaar",
    "autor",
    "penulis",
)
USERNAME = _table(
    "username",
    "nombre de usuario",
    "nome de usuário",
    "nome de utilizador",
    "nama pengguna",
    "nom d'utilisateur",
    "benutzername",
    "nome utente",
    "gebruikersnaam",
    "帐号",
    "账号",
    "用户名",
    "用戶名稱",
    "使用者名稱",
    "帳號",
    "имя пользователя",
    "ім’я користувача",
    "ユーザーネーム",
    "사용자 이름",
    "kullanıcı adı",
    "nazwa użytkownika",
    "tên người dùng",
    "användarnamn",
    "brugernavn",
    "brukernavn",
    "käyttäjänimi",
    "اسم المستخدم",
    "उपयोगकर्ता नाम",
    "यूज़रनेम",
    "ชื่อผู้ใช้",
    "όνομα χρήστη",
    "uživatelské jméno",
    "felhasználónév",
    "nume de utilizator",
    "שם משתמש",
)
OWNER_NAME = _table(
    "name",
    "nombre",
    "nome",
    "nama",
    "nom",
    "naam",
    "姓名",
    "名称",
    "名稱",
    "имя",
    "ім’я",
    "名前",
    "이름",
    "adı",
    "ad",
    "nazwa",
    "imię i nazwisko",
    "tên",
    "namn",
    "navn",
    "nimi",
    "الاسم",
    "नाम",
    "ชื่อ",
    "όνομα",
    "jméno",
    "név",
    "nume",
    "שם",
)
TAGGED = _table(
    "tagged users",
    "usuarios etiquetados",
    "usuários marcados",
    "pengguna yang ditandai",
    "utilisateurs identifiés",
    "markierte nutzer",
    "utenti taggati",
    "отмеченные пользователи",
)


@lru_cache(maxsize=4096)
def is_label(label: str, table: frozenset[str]) -> bool:
    """Check whether a table has a label, ignoring case and accents."""
    return fold(label.strip().rstrip(":")) in table
