"""How answers leave: words, maps, files, print, the board's report."""
