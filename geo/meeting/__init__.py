"""Meeting places as supply: who can walk to one that is open, where their language is spoken, whom
they would meet there, and how many mentors and seats there are for each.
"""
