"""Who may ask for what: passwords, sessions, tokens, roles, and the gate that every request passes."""
