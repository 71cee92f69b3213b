"""Access control: rules, guard, users, sign-ins, limits."""
