-- title: Most named organisations and laws
-- description: How many times a party names an organisation, EU body or law, under any of its names: those on a list, and those that are written as laws and ministries are.
-- kind: organisation, eu-body and law if empty
-- name: all if empty
-- party: name or id; all if empty
-- election: all if empty
SELECT
  coalesce(parties.name, party_as_written, '(unknown)') AS party, documents.election, documents.kind AS text_kind,
  entities.kind, min(coalesce(entities.name, entities.text)) AS name, count(*) AS times
FROM entities
JOIN documents USING (document_id)
JOIN sentences USING (sentence_id)
LEFT JOIN sections USING (section_id)
LEFT JOIN parties ON parties.party_id = entities.party_id
WHERE (entities.kind = :kind OR (:kind = '' AND entities.kind IN ('organisation', 'eu-body', 'law')))
  AND lower(:name) IN ('', lower(entities.name), lower(entities.text))
  AND lower(:party) IN ('', parties.party_id, lower(parties.name))
  AND :election IN ('', documents.election)
GROUP BY 1, 2, 3, 4, lower(coalesce(entities.name, entities.text))
ORDER BY times DESC, name, party
