/** The server's own organization: `_system`, whose log says what became of keys and organizations. */

/** Exists from the first start like `default`, and is counted nowhere. */
export const INSTANCE_ORGANIZATION = '_system'

/** Whether an organization is the server's own: callers cannot make such an id. */
export const isServersOwn = (org: string): boolean => org.startsWith('_')
