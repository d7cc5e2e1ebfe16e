"""Places against children: how many can be walked to per child, who gets one, and what one more
place changes. Knows matrices of metres, not maps.

``distances`` is children's rows × preschools: scipy CSR with entries only for pairs in reach (a
stored zero is 0 m), or dense with all pairs. Nobody in reach is a figure of its own, never a
reason to fail.
"""
