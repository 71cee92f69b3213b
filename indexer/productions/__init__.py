"""Packages of a search: records with their conversations, certificate and files."""
