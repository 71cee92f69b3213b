"""What was handed in: archives, their members, fixity and the vault. Read, never changed."""
