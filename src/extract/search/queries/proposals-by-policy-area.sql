-- title: Proposals by policy area and party
-- description: How many proposals a party has in each policy area, in manifestos and digests apart, and how many of 100. Proposals on which the classifier abstained have no area, and are among the 100.
-- party: name or id; all if empty
-- election: all if empty
WITH counted AS (
  SELECT
    coalesce(parties.name, party_as_written, '(unknown)') AS party,
    documents.election, documents.kind, documents.status, policy_area, count(*) AS proposals
  FROM proposals
  JOIN documents USING (document_id)
  JOIN sentences USING (sentence_id)
  LEFT JOIN sections USING (section_id)
  LEFT JOIN parties ON parties.party_id = proposals.party_id
  WHERE lower(:party) IN ('', parties.party_id, lower(parties.name))
    AND :election IN ('', documents.election)
  GROUP BY 1, 2, 3, 4, 5
), shares AS (
  SELECT *, sum(proposals) OVER (PARTITION BY party, election, kind, status) AS of_proposals FROM counted
)
SELECT
  party, election, kind, status, policy_area, proposals, of_proposals,
  round(100.0 * proposals / of_proposals, 1) AS percent
FROM shares
WHERE policy_area <> 'none'
ORDER BY party, election, kind, status, proposals DESC, policy_area
