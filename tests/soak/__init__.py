"""Many sendings with everything going wrong: senders killed at random moments, and a provider with every fault."""
