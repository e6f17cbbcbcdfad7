"""Who acts: the parts of a case, who holds them, stands in for them, gets them."""
