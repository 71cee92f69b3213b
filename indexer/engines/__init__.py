"""The seam between search and an index: documents in, record numbers out. A library is loaded when its index is opened."""
