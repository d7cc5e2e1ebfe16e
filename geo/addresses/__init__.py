"""Where a written address or the name of a building is, told by what an area knows: its address
points and its places. Knows no files and no services.
"""
