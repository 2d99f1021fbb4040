-- title: Commitments, aims and analysis by party
-- description: What the sentences of a party do, in manifestos and digests apart, and how many of 100 commit to something. Sentences on which the classifier abstained count for no kind, and are among the 100.
-- party: name or id; all if empty
-- election: all if empty
SELECT
  coalesce(parties.name, party_as_written, '(unknown)') AS party,
  documents.election, documents.kind, documents.status, count(*) AS sentences,
  sum(NOT abstained AND label = 'commitment') AS commitment,
  sum(NOT abstained AND label = 'aim') AS aim,
  sum(NOT abstained AND label = 'analysis') AS analysis,
  sum(NOT abstained AND label = 'other') AS other,
  sum(abstained) AS abstained,
  round(100.0 * sum(NOT abstained AND label = 'commitment') / count(*), 1) AS commitment_percent
FROM labels
JOIN sentences USING (sentence_id)
JOIN documents USING (document_id)
LEFT JOIN sections USING (section_id)
LEFT JOIN parties ON parties.party_id = sentences.party_id
WHERE codebook = 'statement'
  AND lower(:party) IN ('', parties.party_id, lower(parties.name))
  AND :election IN ('', documents.election)
GROUP BY 1, 2, 3, 4
ORDER BY party, documents.election, documents.kind, documents.status
