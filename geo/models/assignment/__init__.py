"""Which child gets which place: capacitated assignment with proof."""
