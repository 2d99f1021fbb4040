-- title: Pledges made more than once in a document
-- description: Proposals of one document with the same action, polarity and words of the object, such as those of a summary and its chapter.
-- party: name or id; all if empty
-- election: all if empty
SELECT
  coalesce(parties.name, '(unknown)') AS party, documents.election, documents.title AS document,
  pledge_key, count(*) AS times, min(proposals.text) AS one, max(proposals.text) AS another
FROM proposals
JOIN documents USING (document_id)
LEFT JOIN parties ON parties.party_id = proposals.party_id
WHERE pledge_key IS NOT NULL
  AND lower(:party) IN ('', parties.party_id, lower(parties.name))
  AND :election IN ('', documents.election)
GROUP BY proposals.document_id, pledge_key
HAVING count(*) > 1
ORDER BY times DESC, party, pledge_key
