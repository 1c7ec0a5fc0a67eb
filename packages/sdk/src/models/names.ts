/** How a wire name is spelled in a model: `api_key.created` is `apiKeyCreated`, `ApiKeyCreated` or `api_key_created`. */

/**
 * `api_key.created` → `apiKeyCreated`, `effective_at` → `effectiveAt`, `project_ids[]` → `projectIds`.
 * Every `_` and every dot begins a new word; what is upper case already stays so.
 */
export type CamelCase<S extends string> = S extends `${infer Bare}[]`
  ? CamelCase<Bare>
  : S extends `${infer Head}.${infer Tail}`
    ? `${CamelCase<Head>}${PascalCase<Tail>}`
    : S extends `${infer Head}_${infer Tail}`
      ? `${Head}${PascalCase<Tail>}`
      : S

/** `api_key.created` → `ApiKeyCreated` */
export type PascalCase<S extends string> = Capitalize<CamelCase<S>>

/** `api_key.created` → `api_key_created`, `project_ids[]` → `project_ids`; everything else is as it was. */
export type AttributeName<S extends string> = S extends `${infer Bare}[]`
  ? AttributeName<Bare>
  : S extends `${infer Head}.${infer Tail}`
    ? `${Head}_${AttributeName<Tail>}`
    : S

const bare = (wire: string): string => (wire.endsWith('[]') ? wire.slice(0, -2) : wire)

/** The type of the same name, for a value. */
export const camelName = <const S extends string>(wire: S): CamelCase<S> =>
  bare(wire).replaceAll(/[._](.)/g, (_, first: string) => first.toUpperCase()) as CamelCase<S>

export const pascalName = <const S extends string>(wire: S): PascalCase<S> => {
  const name = camelName(wire)
  return (name.charAt(0).toUpperCase() + name.slice(1)) as PascalCase<S>
}

export const attributeName = <const S extends string>(wire: S): AttributeName<S> =>
  bare(wire).replaceAll('.', '_') as AttributeName<S>
