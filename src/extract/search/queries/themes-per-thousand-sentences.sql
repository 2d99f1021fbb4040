-- title: Themes of each party per 1,000 sentences
-- description: How many of 1,000 sentences of a party have a label, in manifestos and digests apart; headings count, which the report leaves out. Sentences on which the classifier abstained have none, and are among the 1,000.
-- codebook: digitalisation if empty
-- party: name or id; all if empty
-- election: all if empty
WITH counted AS (
  SELECT
    coalesce(parties.name, party_as_written, '(unknown)') AS party,
    documents.election, documents.kind, documents.status,
    CASE WHEN abstained THEN '(abstained)' ELSE label END AS theme,
    count(*) AS sentences
  FROM labels
  JOIN sentences USING (sentence_id)
  JOIN documents USING (document_id)
  LEFT JOIN sections USING (section_id)
  LEFT JOIN parties ON parties.party_id = sentences.party_id
  WHERE codebook = coalesce(nullif(:codebook, ''), 'digitalisation')
    AND lower(:party) IN ('', parties.party_id, lower(parties.name))
    AND :election IN ('', documents.election)
  GROUP BY 1, 2, 3, 4, 5
), shares AS (
  SELECT
    *,
    sum(sentences) OVER text AS of_sentences,
    sum(CASE WHEN theme = '(abstained)' THEN sentences ELSE 0 END) OVER text AS abstained
  FROM counted
  WINDOW text AS (PARTITION BY party, election, kind, status)
)
SELECT
  party, election, kind, status, theme, round(1000.0 * sentences / of_sentences, 1) AS per_thousand,
  sentences, of_sentences, abstained
FROM shares
WHERE theme NOT IN ('none', '(abstained)')
ORDER BY party, election, kind, status, sentences DESC, theme
