"""Long runs: the promises about money under kill -9, again and again."""
