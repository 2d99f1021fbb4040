-- title: Least certain labels of a theme
-- description: The 200 sentences with a label that are least sure to have it, and what came second. To check a classifier, begin here.
-- label: all but none if empty
-- codebook: digitalisation if empty
SELECT
  label AS theme, probability, runner_up, runner_up_probability, sentences.text,
  coalesce(parties.name, party_as_written, '(unknown)') AS party, documents.title AS document, sentences.page,
  sentence_id
FROM labels
JOIN sentences USING (sentence_id)
JOIN documents USING (document_id)
LEFT JOIN sections USING (section_id)
LEFT JOIN parties ON parties.party_id = sentences.party_id
WHERE codebook = coalesce(nullif(:codebook, ''), 'digitalisation')
  AND NOT abstained
  AND (labels.label = :label OR (:label = '' AND label <> 'none'))
ORDER BY probability, sentence_id
LIMIT 200
