"""Who cannot walk to what: gaps, from a point, preschools, meeting places, knowledge bank."""
