"""From a coordinator's question to a proposal with proof, and what becomes of it when a site says
no, another is wished for, or numbers vary. Knows areas and models, no screen.
"""
