"""Two dataset versions in; which rows changed, came, went or moved, and what that can come from, out.

Only the versions count, not what runs keep. Nothing here is written, and where two causes are possible both are named.
"""
