"""The catalog: tables, reading and writing rows, views, and the event log."""
