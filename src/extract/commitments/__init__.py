"""What sentences commit to: sentences and their tokens in, Proposals out.

    tokens → tree → candidates → action → object → how it is worded → Proposal

Which words it is, is learnt from sentences that readers marked; what is more likely wrong than right is not given.
"""
