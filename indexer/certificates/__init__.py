"""Search certificates: made, printed and checked again."""
