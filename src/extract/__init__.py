"""From raw Dutch party texts to records that can be traced to their source: records in, records out."""
