/** The door of the query room: what lists can be asked, in words, in JSON and as a tree. */
export { isFault, suggest } from './fault.js'
export {
  BOUNDS_OF_TIME,
  fieldOf,
  type FieldKind,
  kindOf,
  nearestField,
  PATH_ROOTS,
  QUERY_FIELDS,
  type QueryField,
  SHORT_NAMES,
} from './fields.js'
export { formatQuery } from './format.js'
export { parseQueryJson, QUERY_JSON_LEVELS_MAX } from './json.js'
export { judge } from './judge.js'
export { atTime, eachText, factTest, isBetween, type Matcher, matcherOf, rangeMsOf } from './match.js'
export { parseQuery } from './parse.js'
export { readMoment, spanMs } from './times.js'
export * from './tree.js'
export { between, equalTo, startingWith } from './values.js'
export { wordsOf } from './words.js'
