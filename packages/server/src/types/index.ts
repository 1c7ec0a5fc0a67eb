/** The door of the types room: event types that organizations register, and what events must be to fit them. */
export { type StoredType } from './documents.js'
export { Fuel } from './fuel.js'
export {
  CONTENT_MEMBERS,
  type Mode,
  MODES,
  parseRegistration,
  type Registration,
  registrationShape,
  type TypeContent,
} from './registration.js'
export { batchFuel, type Erased, Rules } from './rules.js'
export {
  type Change,
  changeOf,
  type Expectation,
  type Rows,
  Types,
  TYPES_LIMITS,
  type TypesLimits,
  type TypesOptions,
  type Verdict,
} from './types.js'
