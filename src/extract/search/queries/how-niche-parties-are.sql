-- title: How niche parties are
-- description: How far each party's shares of policy areas lie from the mean of the others in the same election, in per cent of sentences (root of the mean square; Meyer and Miller 2015, without weighting by votes). Drafts are left out, and elections with fewer than three parties.
-- election: all if empty
WITH shares AS (
  SELECT positions.election, positions.party_id, scale, avg(value) AS share, sum(sentences) AS sentences
  FROM positions JOIN documents USING (document_id)
  WHERE scale LIKE 'area-%' AND documents.status <> 'draft'
    AND positions.election IS NOT NULL AND positions.party_id IS NOT NULL
  GROUP BY positions.election, positions.party_id, scale
),
beside AS (
  SELECT *, count(*) OVER same AS parties, (sum(share) OVER same - share) / (count(*) OVER same - 1) AS others
  FROM shares
  WINDOW same AS (PARTITION BY election, scale)
)
SELECT
  beside.election, parties.name AS party, sqrt(avg((share - others) * (share - others))) AS nicheness,
  beside.parties - 1 AS others, max(sentences) AS sentences
FROM beside JOIN parties USING (party_id)
WHERE beside.parties >= 3 AND :election IN ('', beside.election)
GROUP BY beside.election, party_id
ORDER BY beside.election DESC, nicheness DESC, party
