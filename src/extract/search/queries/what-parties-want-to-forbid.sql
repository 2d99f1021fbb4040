-- title: Who wants to forbid what
-- description: Proposals to do one thing (to forbid, unless another verb is given), or, with polarity against, not to do it.
-- action: infinitive of what is to be done; verbieden if empty
-- polarity: for, also if empty: it shall be done; against: it shall not
-- party: name or id; all if empty
-- election: all if empty
SELECT
  coalesce(parties.name, party_as_written, '(unknown)') AS party, documents.election, documents.kind,
  action, polarity, object, proposals.text, documents.title AS document, proposals.page, proposal_id
FROM proposals
JOIN documents USING (document_id)
JOIN sentences USING (sentence_id)
LEFT JOIN sections USING (section_id)
LEFT JOIN parties ON parties.party_id = proposals.party_id
WHERE action = coalesce(nullif(lower(trim(:action)), ''), 'verbieden')
  AND polarity = coalesce(nullif(:polarity, ''), 'for')
  AND lower(:party) IN ('', parties.party_id, lower(parties.name))
  AND :election IN ('', documents.election)
ORDER BY party, documents.election, documents.path, proposals.char_start
