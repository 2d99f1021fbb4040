-- title: Search sentences
-- description: Sentences with all of the words, in any form, and compounds that begin with them; the best first. Words in quotes are searched for as they are typed.
-- words: at least one
-- party: name or id; all if empty
-- theme: label under codebook digitalisation; all if empty
-- election: all if empty
SELECT
  coalesce(parties.name, party_as_written, '(unknown)') AS party, documents.election, documents.kind,
  sentences.text, label AS theme, documents.title AS document, sentences.page, sentences.sentence_id
FROM sentences_fts
JOIN sentences ON sentences.rowid = sentences_fts.rowid
JOIN documents USING (document_id)
LEFT JOIN sections USING (section_id)
LEFT JOIN parties ON parties.party_id = sentences.party_id
LEFT JOIN labels
  ON labels.sentence_id = sentences.sentence_id AND codebook = 'digitalisation' AND NOT abstained
WHERE sentences_fts MATCH dutch(:words)
  AND lower(:party) IN ('', parties.party_id, lower(parties.name))
  AND :theme IN ('', label)
  AND :election IN ('', documents.election)
ORDER BY sentences_fts.rank, sentences.rowid
