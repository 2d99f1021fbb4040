-- title: Quotes that could not be verified
-- description: Quotes of digests that do not stand in the party's manifesto for that election, what comes nearest, and what differs: [-in the manifesto-] {+in the quote+}. Those for which there is no manifesto come last.
-- status: all but verbatim, near and elided if empty
-- party: name or id; all if empty
-- election: of the digest; all if empty
SELECT
  coalesce(parties.name, party_as_written, '(unknown)') AS party, documents.election, certificates.status,
  quotes.text AS quote, certificates.text AS in_manifesto, difference,
  sources.title AS manifesto, source_election, source_status, certificates.page, score, quote_id
FROM certificates
JOIN quotes USING (quote_id)
JOIN documents USING (document_id)
LEFT JOIN sections USING (section_id)
LEFT JOIN parties ON parties.party_id = quotes.party_id
LEFT JOIN documents AS sources ON sources.document_id = source_document_id
WHERE best
  AND certificates.status NOT IN ('verbatim', 'near', 'elided')
  AND :status IN ('', certificates.status)
  AND lower(:party) IN ('', parties.party_id, lower(parties.name))
  AND :election IN ('', documents.election)
ORDER BY certificates.status = 'no-source', certificates.status, party, documents.path, quotes.char_start
