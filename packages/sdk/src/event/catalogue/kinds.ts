/** The well-known kinds of actors and targets: words that events may use for who and what; any other word is as good. */

export const ACTOR_TYPES = {
  user: 'A person, through a screen.',
  rootkey: 'A root key that manages a workspace through the API.',
  key: 'An API key; the older Unkey word for `rootkey`.',
  system: 'The product itself: schedules, clean-ups, maintenance.',
  portalEndUser: 'A customer’s own user, through a customer portal; the id is the one the customer gave.',
  service_account: 'An account that belongs to a program, not to a person.',
  agent: 'A program that decides for itself; `on_behalf_of` says who stands behind it.',
  anonymous: 'Nobody who is known: no session and no key.',
} as const satisfies { readonly [type: string]: string }

/** Unkey's five; the rest are Sealedlog's. */
export const UNKEY_ACTOR_TYPES = [
  'rootkey',
  'user',
  'system',
  'portalEndUser',
  'key',
] as const satisfies readonly ActorType[]

/** Unkey's resource types, as its targets name them. */
export const UNKEY_TARGET_TYPES = {
  workspace: 'The tenant: everything else belongs to one.',
  api: 'An API whose keys Unkey keeps.',
  keySpace: 'The set of keys behind an API.',
  keyAuth: 'The older word for `keySpace`.',
  key: 'One API key.',
  identity: 'Whose keys these are, in the customer’s own terms.',
  role: 'A named set of permissions.',
  permission: 'Something that a key may be allowed to do.',
  ratelimit: 'A rate limit on a key or an identity.',
  ratelimitNamespace: 'A set of rate limits that are counted together.',
  ratelimitOverride: 'An exception to a namespace’s limit.',
  portalSession: 'An end user’s session in a customer portal.',
  project: 'A project, which holds apps.',
  app: 'An app, which is deployed into environments.',
  environment: 'Where an app runs, with its variables.',
  deployment: 'One build of an app, running or not.',
  domain: 'A custom domain of an app.',
  sentinel: 'A gateway in front of an app.',
  llmSentinel: 'A gateway in front of a language model.',
  secret: 'A secret that Unkey keeps, or shows once.',
  webhook: 'An address that Unkey calls with events.',
  reporter: 'Reports on verifications of keys.',
  auditLogBucket: 'A shelf of the audit log; the table was removed in 2025.',
  vercelIntegration: 'A link to a Vercel account; removed in 2026.',
  vercelBinding: 'A key that was bound to a Vercel project; removed in 2026.',
} as const satisfies { readonly [type: string]: string }

export type ActorType = keyof typeof ACTOR_TYPES
export type UnkeyActorType = (typeof UNKEY_ACTOR_TYPES)[number]
export type UnkeyTargetType = keyof typeof UNKEY_TARGET_TYPES
