"""The parts of the attack, in the order in which they run."""
