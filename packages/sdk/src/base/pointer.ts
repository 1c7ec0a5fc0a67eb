/** JSON pointers (RFC 6901): how an error says which field it means. */

/**
 * A pointer one step deeper.
 *
 * @example
 * pointTo('/targets', 0) // '/targets/0'
 */
export const pointTo = (pointer: string, step: string | number): string =>
  typeof step === 'number' ? `${pointer}/${step}` : `${pointer}/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`
