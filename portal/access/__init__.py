"""Who may do and see what: rules, guard, users, sign-ins, limits."""
