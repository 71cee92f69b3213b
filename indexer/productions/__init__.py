"""Packages of a search: its records with their conversations, certificate and files."""
