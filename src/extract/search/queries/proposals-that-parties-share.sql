-- title: Proposals that two parties share
-- description: The same verb, for or against, with the same head noun as its object, and the first proposal of each party that has it. The rest of the sentences may differ: read both. Without a party, only what exactly two parties want.
-- party: name or id; all if empty
-- other_party: name or id; all if empty
-- election: all if empty
-- Of a group, SQLite takes text and id from the row with the least place, which is the first.
WITH wanted AS (
  SELECT
    coalesce(parties.name, party_as_written, '(unknown)') AS party, proposals.party_id, documents.election,
    action, polarity, object_lemma, proposals.text, proposal_id, count(*) AS proposals,
    min(proposals.rowid) AS place
  FROM proposals
  JOIN documents USING (document_id)
  JOIN sentences USING (sentence_id)
  LEFT JOIN sections USING (section_id)
  LEFT JOIN parties ON parties.party_id = proposals.party_id
  WHERE action || polarity IS NOT NULL
    AND length(object_lemma) > 1
    AND lower(object_lemma) NOT IN ('wij', 'we', 'zij', 'ze', 'het', 'dit', 'dat', 'deze', 'die', 'er', 'alles', 'wat')
    AND :election IN ('', documents.election)
  GROUP BY 1, action, polarity, object_lemma
), shared AS MATERIALIZED (
  SELECT * FROM (
    SELECT
      *, action || ' ' || polarity || ' ' || object_lemma AS what,
      count(*) OVER (PARTITION BY action, polarity, object_lemma) AS parties
    FROM wanted
  )
  WHERE parties > 1
)
SELECT
  a.party, a.election, b.party AS other_party, b.election AS other_election,
  a.action, a.polarity, a.object_lemma, a.text, b.text AS other_text,
  a.proposals, b.proposals AS other_proposals, a.parties, a.proposal_id, b.proposal_id AS other_proposal_id
FROM shared AS a
JOIN shared AS b USING (what)
WHERE a.party <> b.party
  AND lower(:party) IN ('', a.party_id, lower(a.party))
  AND lower(:other_party) IN ('', b.party_id, lower(b.party))
  AND (:party <> '' OR :other_party <> '' OR (a.parties = 2 AND a.party < b.party))
ORDER BY a.parties, a.action, a.object_lemma, a.polarity, a.party, b.party
