"""Makes the demo archives: an invented Missouri city and what its accounts wrote from 2015 to 2025.

Everything here is made up. Nothing reads the clock, the network or the machine, so that the same source gives the same bytes.
"""
