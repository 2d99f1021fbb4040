-- title: How much, and by when
-- description: Proposals that name a quantity or a deadline.
-- actor: who is to act (government, municipalities, companies, eu, party, other, none); all if empty
-- party: name or id; all if empty
-- election: all if empty
SELECT
  coalesce(parties.name, party_as_written, '(unknown)') AS party, documents.election, documents.kind,
  target_value, target_unit, deadline, actor, direction, action, object,
  proposals.text, documents.title AS document, proposals.page, proposal_id
FROM proposals
JOIN documents USING (document_id)
JOIN sentences USING (sentence_id)
LEFT JOIN sections USING (section_id)
LEFT JOIN parties ON parties.party_id = proposals.party_id
WHERE (target_value IS NOT NULL OR deadline IS NOT NULL)
  AND :actor IN ('', actor)
  AND lower(:party) IN ('', parties.party_id, lower(parties.name))
  AND :election IN ('', documents.election)
ORDER BY party, documents.election, documents.path, proposals.char_start
