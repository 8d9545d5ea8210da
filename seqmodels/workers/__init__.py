"""Several machines that train one model: who they are, and what they exchange."""
