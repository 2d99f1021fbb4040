-- title: What a party says on a theme
-- description: Sentences with a label, in the order of the texts, with document and page. Labels of which the classifier is not sure are left out.
-- label: all but none if empty
-- codebook: digitalisation if empty
-- party: name or id; all if empty
-- election: all if empty
SELECT
  coalesce(parties.name, party_as_written, '(unknown)') AS party, documents.election, documents.kind,
  label AS theme, sentences.text, documents.title AS document, sentences.page, probability, sentence_id
FROM labels
JOIN sentences USING (sentence_id)
JOIN documents USING (document_id)
LEFT JOIN sections USING (section_id)
LEFT JOIN parties ON parties.party_id = sentences.party_id
WHERE codebook = coalesce(nullif(:codebook, ''), 'digitalisation')
  AND NOT abstained
  AND (labels.label = :label OR (:label = '' AND label <> 'none'))
  AND lower(:party) IN ('', parties.party_id, lower(parties.name))
  AND :election IN ('', documents.election)
ORDER BY party, documents.election, documents.path, sentences.position
