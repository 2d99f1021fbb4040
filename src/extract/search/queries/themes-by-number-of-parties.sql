-- title: Themes that only one party has
-- description: Themes by the number of parties that have them, the fewest first. Sentences on which the classifier abstained do not count.
-- codebook: digitalisation if empty
-- least: sentences with a theme that make a party have it; 1 if empty
-- election: all if empty
WITH counted AS (
  SELECT label AS theme, coalesce(parties.name, party_as_written, '(unknown)') AS party, count(*) AS sentences
  FROM labels
  JOIN sentences USING (sentence_id)
  JOIN documents USING (document_id)
  LEFT JOIN sections USING (section_id)
  LEFT JOIN parties ON parties.party_id = sentences.party_id
  WHERE codebook = coalesce(nullif(:codebook, ''), 'digitalisation')
    AND NOT abstained
    AND label <> 'none'
    AND :election IN ('', documents.election)
  GROUP BY 1, 2
  HAVING count(*) >= max(1, 0 + :least)
  ORDER BY 1, 3 DESC, 2
)
SELECT
  theme, count(*) AS parties, group_concat(party || ' ' || sentences, ', ') AS which, sum(sentences) AS sentences
FROM counted
GROUP BY theme
ORDER BY parties, sentences DESC, theme
