"""`python -m indexer`: the command line."""

from indexer.cli.main import main

main()
