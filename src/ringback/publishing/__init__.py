"""What the public host may know, approved and put there in one step; and bringing in what its inbox holds."""
