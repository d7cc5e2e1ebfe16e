"""The commands: read a question, ask, print or write the answer."""
