/** OpenAI: signing in and out. */
import { ada, grace, plainExample } from './openai-example.js'
import type { EventTypeRow } from './row.js'
import { open, record, text } from './schema.js'

const nothing = open('Declared without members; live records leave it out.')
const failure = record({
  error_code: text('Why it failed, as a code.'),
  error_message: text('Why it failed, in words.'),
})

export const OPENAI_SIGN_IN_ROWS = [
  {
    type: 'login.succeeded',
    origin: 'openai',
    sentence: '{actor} signed in',
    targets: [],
    details: nothing,
    outcome: 'success',
    since: '2024-08-06',
    example: { object: 'organization.audit_log', ...plainExample('login.succeeded', ada) },
    exampleIsOurs: true,
    note: 'The example has the shape of live records: an `object` member, no project, no details.',
  },
  {
    type: 'login.failed',
    origin: 'openai',
    sentence: '{actor} failed to sign in',
    targets: [],
    details: failure,
    outcome: 'failure',
    since: '2024-08-06',
    example: {
      object: 'organization.audit_log',
      ...plainExample('login.failed', ada, {
        error_code: 'mfa_challenge_failed',
        error_message: 'The one-time code was wrong or too old.',
      }),
    },
    exampleIsOurs: true,
  },
  {
    type: 'logout.succeeded',
    origin: 'openai',
    sentence: '{actor} signed out',
    targets: [],
    details: nothing,
    outcome: 'success',
    since: '2024-08-06',
    example: { object: 'organization.audit_log', ...plainExample('logout.succeeded', grace) },
    exampleIsOurs: true,
  },
  {
    type: 'logout.failed',
    origin: 'openai',
    sentence: '{actor} failed to sign out',
    targets: [],
    details: failure,
    outcome: 'failure',
    since: '2024-08-06',
    example: {
      object: 'organization.audit_log',
      ...plainExample('logout.failed', grace, {
        error_code: 'session_not_found',
        error_message: 'The session had ended already.',
      }),
    },
    exampleIsOurs: true,
  },
] as const satisfies readonly EventTypeRow[]
