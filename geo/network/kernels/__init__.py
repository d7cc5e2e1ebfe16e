"""The compiled loops of the network: plain arrays in, plain arrays out."""
