# Two commands do all: `make run` and `make test`. Both begin with `make setup`.
