/** Every statement of the SQLite index, by name. Each walks one primary key: a test holds them to that. */

export const STATEMENTS = {
  findOrganization: 'SELECT term, size FROM organization WHERE org = ?',
  setOrganization:
    'INSERT INTO organization (org, term, size) VALUES (?, ?, ?) ON CONFLICT (org) DO UPDATE SET size = excluded.size',

  findTerm: 'SELECT term FROM term WHERE org = ? AND field = ? AND value = ?',
  // those with a prefix come first of all that are not before it
  findTerms: 'SELECT term, value FROM term WHERE org = ? AND field = ? AND value >= ? ORDER BY value LIMIT ? + 0',
  addTerm: 'INSERT INTO term (org, field, value, term) VALUES (?, ?, ?, ?)',
  lastTerm: 'SELECT term FROM posting ORDER BY term DESC LIMIT 1',

  addPosting: 'INSERT INTO posting (term, at_ms, idx) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  // LIMIT ? alone is read by the planner, which then prepares the statement anew with every call: twice the time
  readAscending: `SELECT at_ms, idx FROM posting
    WHERE term = ? AND (at_ms, idx) >= (?, ?) ORDER BY at_ms, idx LIMIT ? + 0`,
  readDescending: `SELECT at_ms, idx FROM posting
    WHERE term = ? AND (at_ms, idx) <= (?, ?) ORDER BY at_ms DESC, idx DESC LIMIT ? + 0`,

  addEntry: 'INSERT INTO entry (org, idx, at_ms, terms) VALUES (?, ?, ?, ?)',
  findEntry: 'SELECT at_ms, terms FROM entry WHERE org = ? AND idx = ?',
  setEntry: 'UPDATE entry SET terms = ? WHERE org = ? AND idx = ?',
  dropPosting: 'DELETE FROM posting WHERE term = ? AND at_ms = ? AND idx = ?',
  findPosting: 'SELECT 1 FROM posting WHERE term = ? LIMIT 1',

  begin: 'BEGIN IMMEDIATE',
  commit: 'COMMIT',
  rollback: 'ROLLBACK',
} as const

export type StatementName = keyof typeof STATEMENTS
