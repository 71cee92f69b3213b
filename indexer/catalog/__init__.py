"""The catalog: tables, rows in and out, the event log, and what follows from them."""
