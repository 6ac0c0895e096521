"""Go or no-go, each line with a cure: of the machine that will serve, and of the network from a table."""
