-- title: Who wants what raised, lowered, forbidden or abolished, by how much and by when
-- description: Proposals by what they change: raise (unless another direction is given), lower, introduce, abolish, keep, forbid, allow, invest or investigate.
-- direction: what changes; raise if empty
-- object: a word of what it is about; all if empty
-- party: name or id; all if empty
-- election: all if empty
SELECT
  coalesce(parties.name, party_as_written, '(unknown)') AS party, documents.election, documents.kind,
  direction, direction_probability, polarity, action, object, target_value, target_unit, deadline, actor,
  proposals.text, documents.title AS document, proposals.page, proposal_id
FROM proposals
JOIN documents USING (document_id)
JOIN sentences USING (sentence_id)
LEFT JOIN sections USING (section_id)
LEFT JOIN parties ON parties.party_id = proposals.party_id
WHERE direction = coalesce(nullif(lower(trim(:direction)), ''), 'raise')
  AND (:object = '' OR object LIKE '%' || trim(:object) || '%')
  AND lower(:party) IN ('', parties.party_id, lower(parties.name))
  AND :election IN ('', documents.election)
ORDER BY party, documents.election, documents.path, proposals.char_start
