"""The ledger 台帳: SQLAlchemy tables, sessions, migrations. The only room that knows SQL."""
