"""`python -m portal`: the commands link and worker."""

from portal.commands import main

if __name__ == "__main__":
    main(prog_name="python -m portal")
