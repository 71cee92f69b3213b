"""Make, print and verify search certificates."""

from indexer.certificates import check, check_words, file_check, file_check_words, file_format, verify
from indexer.certificates.certify import Certificate, CertificateFailed, CertificateFiles, certify, log_certificate, write, write_into
from indexer.certificates.check import Check, FileState, RecordChange, load_check, save_check
from indexer.certificates.contents import PLAIN_PAPER, Paper, rebuild_search
from indexer.certificates.file_check import FileCheck
from indexer.certificates.file_format import Header, NotACertificate
from indexer.certificates.pdf import document
from indexer.certificates.wording import outside_sentence

__all__ = [
    "PLAIN_PAPER",
    "Certificate",
    "CertificateFailed",
    "CertificateFiles",
    "Check",
    "FileCheck",
    "FileState",
    "Header",
    "NotACertificate",
    "Paper",
    "RecordChange",
    "certify",
    "check",
    "check_words",
    "document",
    "file_check",
    "file_check_words",
    "file_format",
    "load_check",
    "log_certificate",
    "outside_sentence",
    "rebuild_search",
    "save_check",
    "verify",
    "write",
    "write_into",
]
