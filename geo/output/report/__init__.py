"""The board's report before it has a form: findings, suppression, record."""
