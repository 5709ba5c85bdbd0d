"""What we remember, and the rules. Importing this package knows every table (Alembic and the tests rely on it)."""
