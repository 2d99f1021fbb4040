-- title: Where manifestos stand
-- description: The place of each manifesto on a scale, with a 95 % interval. Those whose intervals mostly overlap cannot be told apart; digests have none.
-- scale: rile, a logit scale such as european-union, domain-economy, area-health, …; rile if empty
-- party: name or id; all if empty
-- election: all if empty
SELECT
  coalesce(parties.name, '(unknown)') AS party, positions.election, documents.status, scale,
  value, low, high, positions.sentences, doubts, counted, documents.title AS document, document_id
FROM positions
JOIN documents USING (document_id)
LEFT JOIN parties ON parties.party_id = positions.party_id
WHERE scale = iif(:scale = '', 'rile', :scale)
  AND lower(:party) IN ('', parties.party_id, lower(parties.name))
  AND :election IN ('', positions.election)
ORDER BY positions.election DESC, value
