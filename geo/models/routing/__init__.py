"""Walking rounds: who visits what within their hours, with a bound."""
