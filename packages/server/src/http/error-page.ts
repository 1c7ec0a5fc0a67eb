/** The page of all error codes, printed from the tables that answer by them. */
import { ERRORS, type ErrorCode, ISSUE_CODES } from '@sealedlog/sdk/base'
import { STATUS_OF } from './problem.js'

export function formatErrors(): string {
  const rows = Object.entries(ERRORS).map(
    ([code, meaning]) => `| \`${code}\` | ${STATUS_OF[code as ErrorCode]} | ${meaning} |`,
  )
  return `# Errors

Every refusal is an RFC 9457 problem (\`application/problem+json\`) with a stable \`code\`; on OpenAI’s routes it is
OpenAI’s envelope with the same code, but for 401 (\`invalid_api_key\`) and 429 (\`rate_limit_exceeded\`). Where fields are
refused, \`errors\` names each by a JSON pointer (RFC 6901), with a code of its own.

| code | status | meaning |
|---|---|---|
${rows.join('\n')}

Codes of fields: ${ISSUE_CODES.map((code) => `\`${code}\``).join(', ')}.
`
}
