-- title: What went wrong, by file
-- description: Problems of the input, the worst first, and what to do about them.
-- severity: all if empty
SELECT
  coalesce(nullif(path, ''), '(all files)') AS file, severity, code, message, stage, char_start, document_id
FROM problems
WHERE :severity IN ('', severity)
ORDER BY CASE severity WHEN 'error' THEN 1 WHEN 'warning' THEN 2 ELSE 3 END, path, char_start, problem_id
