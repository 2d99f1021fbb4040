"""How well documents are read: marked pages, what is trained on them, and what is measured with them."""
