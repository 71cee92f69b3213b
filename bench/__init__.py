"""Measures speed and memory beside two peers on a corpus of our own making: `python -m bench`. See docs/speed.md."""
