"""What clients are told: decisions in, letters out, and the ways by which they leave."""
