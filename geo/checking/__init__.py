"""What is wrong with the places of an area or a file: each problem with its row, its reason in
words and what one click would do about it. Changes nothing itself.
"""
