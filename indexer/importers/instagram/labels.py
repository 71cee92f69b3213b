"""The labels that Instagram prints beside values, in the languages seen or documented (2021-2026).

JSON and HTML archives are written in the language of the account. Where a label is in none of these tables, the readers
go by the order and the shape of the values.
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
)
OWNER_NAME = _table("name", "nombre", "nome", "nama", "nom", "naam")
TAGGED = _table("tagged users", "usuarios etiquetados", "usuários marcados", "pengguna yang ditandai")


@lru_cache(maxsize=4096)
def is_label(label: str, table: frozenset[str]) -> bool:
    """Return True when a label is one of a table, whatever its case and accents."""
    return fold(label.strip().rstrip(":")) in table
