-- title: Quotes verified, by party
-- description: How many quotes of digests could be found in manifestos. Verified are those that stand in the party's manifesto for that election: verbatim, near or elided. Where there is no manifesto, or only a draft, no quote can be.
-- party: name or id; all if empty
-- election: all if empty
SELECT
  coalesce(parties.name, party_as_written, '(unknown)') AS party, documents.election, count(*) AS quotes,
  sum(certificates.status IN ('verbatim', 'near', 'elided')) AS verified,
  sum(certificates.status = 'draft') AS only_in_draft,
  sum(certificates.status IN ('altered', 'elided-unmarked')) AS altered,
  sum(certificates.status IN ('other-election', 'other-party')) AS elsewhere,
  sum(certificates.status = 'not-found') AS not_found,
  sum(certificates.status = 'no-source') AS no_manifesto
FROM certificates
JOIN quotes USING (quote_id)
JOIN documents USING (document_id)
LEFT JOIN sections USING (section_id)
LEFT JOIN parties ON parties.party_id = quotes.party_id
WHERE best
  AND lower(:party) IN ('', parties.party_id, lower(parties.name))
  AND :election IN ('', documents.election)
GROUP BY 1, 2
ORDER BY party, documents.election
