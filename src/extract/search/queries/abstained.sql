-- title: Sentences on which a classifier abstained
-- description: Where the most probable label is not probable enough to count, the nearly certain first.
-- codebook: all if empty
-- label: the label that would have been; all if empty
-- party: name or id; all if empty
SELECT
  codebook, label AS theme, probability, runner_up, runner_up_probability, sentences.text,
  coalesce(parties.name, party_as_written, '(unknown)') AS party, documents.title AS document, sentences.page,
  sentence_id
FROM labels
JOIN sentences USING (sentence_id)
JOIN documents USING (document_id)
LEFT JOIN sections USING (section_id)
LEFT JOIN parties ON parties.party_id = sentences.party_id
WHERE abstained
  AND :codebook IN ('', codebook)
  AND :label IN ('', label)
  AND lower(:party) IN ('', parties.party_id, lower(parties.name))
ORDER BY codebook, probability DESC, sentence_id
