/** The cast and the form of Unkey's examples: who acts, on what, and the JSON envelope around one event. */
import type { JsonObject } from '../../base/index.js'
import type { UnkeyActorType, UnkeyTargetType } from './kinds.js'
import { steadyChars, steadyNumber } from './steady.js'

const BROWSER =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15'
const PROGRAM = 'unkey-go/2.1.0'

/** Each kind of actor, with what its requests come from; the system makes none. */
const ACTORS: { readonly [T in UnkeyActorType]: JsonObject } = {
  user: {
    actor: { type: 'user', id: 'user_2pLkXw8Q', name: 'Ada', meta: { email: 'ada@example.com' } },
    remote_ip: '203.0.113.42',
    user_agent: BROWSER,
  },
  rootkey: {
    actor: { type: 'rootkey', id: 'key_7uMn4BvC2', name: 'root key' },
    remote_ip: '198.51.100.23',
    user_agent: PROGRAM,
  },
  key: {
    actor: { type: 'key', id: 'key_7uMn4BvC2', name: 'root key' },
    remote_ip: '198.51.100.23',
    user_agent: PROGRAM,
  },
  portalEndUser: {
    actor: { type: 'portalEndUser', id: 'customer_1842' },
    remote_ip: '203.0.113.77',
    user_agent: BROWSER,
  },
  system: { actor: { type: 'system', id: 'system' } },
}

interface Thing {
  readonly id: string
  readonly name: string
  readonly meta?: JsonObject
}

/** One thing of each kind; ids begin as Unkey's do. */
const THINGS: { readonly [T in UnkeyTargetType]: Thing } = {
  workspace: { id: 'ws_4Rk9TqLm2', name: 'Example Works' },
  api: { id: 'api_3sYq8ZxC1', name: 'payments' },
  keySpace: { id: 'ks_6tGh2NbV9', name: 'payments' },
  keyAuth: { id: 'ks_6tGh2NbV9', name: 'payments' },
  key: { id: 'key_9fRt5KwP4', name: 'Production' },
  identity: { id: 'id_2hJk7LpQ8', name: 'customer_1842' },
  role: { id: 'role_5cVb3NmX1', name: 'billing.reader' },
  permission: { id: 'perm_8wErT6yU2', name: 'invoices.read', meta: { slug: 'invoices.read' } },
  ratelimit: { id: 'rl_1qAz4WsX7', name: 'requests', meta: { limit: 100, duration: 60_000 } },
  ratelimitNamespace: { id: 'rlns_3eDc6RfV9', name: 'email.outbound' },
  ratelimitOverride: { id: 'rlor_4tGb7YhN2', name: 'customer_1842', meta: { limit: 1_000, duration: 60_000 } },
  portalSession: { id: 'ps_6uJm9IkL3', name: 'customer_1842' },
  project: { id: 'proj_2wSx5EdC8', name: 'storefront' },
  app: { id: 'app_7rFv1TgB4', name: 'web' },
  environment: { id: 'env_9yHn3UjM6', name: 'production' },
  deployment: { id: 'd_5iKl8OpQ2', name: 'web@4f2c1e9' },
  domain: { id: 'dom_1zXc4VbN7', name: 'shop.example.com' },
  sentinel: { id: 'gw_3mLk6JhG9', name: 'storefront' },
  llmSentinel: { id: 'lgw_5pOi8UyT2', name: 'assistant' },
  secret: { id: 'sec_7rEw1QaS4', name: 'one-time link' },
  webhook: { id: 'wh_9dFg3HjK6', name: 'https://hooks.example.com/unkey' },
  reporter: { id: 'rep_2lZx5CvB8', name: 'Weekly verifications' },
  auditLogBucket: { id: 'buk_4nMq7WeR1', name: 'unkey_mutations' },
  vercelIntegration: { id: 'icfg_6tYu9IoP3', name: 'Example Works on Vercel' },
  vercelBinding: { id: 'vb_8aSd2FgH5', name: 'production' },
}

/** The months in which the examples play: from 2026-08-29 on. */
const PLAYS_FROM_MS = 1_788_000_000_000
const PLAYS_FOR_MS = 6_000_000_000
/** Before 2026-05-26, when Unkey removed six of its names. */
const RETIRED_FROM_MS = 1_771_000_000_000

export interface Scene {
  readonly event: string
  readonly sentence: string
  readonly targets: readonly UnkeyTargetType[]
  readonly by?: UnkeyActorType
  /** one call made several events; they share an id */
  readonly correlated?: true
  readonly retired?: true
}

/** The envelope that Unkey stores and exports. */
export function unkeyExample(scene: Scene): JsonObject {
  const { event, targets } = scene
  const fromMs = scene.retired ? RETIRED_FROM_MS : PLAYS_FROM_MS
  return {
    event_id: `log_${steadyChars(event, 9)}`,
    time: fromMs + steadyNumber(event, PLAYS_FOR_MS),
    workspace_id: 'ws_4Rk9TqLm2',
    bucket: 'unkey_mutations',
    source: 'platform',
    event,
    description: describe(scene),
    ...ACTORS[scene.by ?? (steadyNumber(event, 2) === 0 ? 'user' : 'rootkey')],
    targets: targets.map(targetOf),
    ...(scene.correlated ? { correlation_id: `cor_${steadyChars(`${event}/call`, 9)}` } : {}),
  }
}

const targetOf = (type: UnkeyTargetType): JsonObject => ({ type, ...THINGS[type] })

/** `{actor} created API {target}` as Unkey would put it: `Created API api_3sYq8ZxC1`. */
function describe({ sentence, targets: [first] }: Scene): string {
  const said = sentence.replace('{actor} ', '').replace('{target}', first ? THINGS[first].id : '')
  return said.charAt(0).toUpperCase() + said.slice(1)
}
