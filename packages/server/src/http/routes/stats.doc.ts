/** What /openapi.json says of this route. */
import { BOUNDS } from '@sealedlog/sdk/event'
import { STATS_BY } from '../filters.js'
import { CALL_HEADERS, FILTERS, json, page, parameters, refusals, wholeNumber } from '../openapi-parts.js'

const { STATS_LIMIT_DEFAULT, STATS_LIMIT_MAX, STATS_TIMES_DEFAULT, STATS_TIMES_MAX } = BOUNDS

export const statsDoc = page({
  operationId: 'countEvents',
  tags: ['Events'],
  summary: 'Count events',
  description:
    'How many events the filters match, for charts: by hour or day of when they occurred (UTC), or by the values of a field. Hours and days without events are absent. The counts are those of the list with the same filters, always exact: where a query is not decided by the index, the events that it leaves are looked at one by one, and where these are too many the call is refused.',
  headers: CALL_HEADERS,
  querystring: parameters({
    ...FILTERS,
    by: { type: 'string', enum: STATS_BY, default: 'day', description: 'What to count by.' },
    limit: wholeNumber(
      `How many groups at most: of hours and days the newest (${STATS_TIMES_DEFAULT} unless it is said), of values those with most events (${STATS_LIMIT_DEFAULT} unless it is said, at most ${STATS_LIMIT_MAX}).`,
      1,
      STATS_TIMES_MAX,
    ),
  }),
  response: {
    200: json('The counts.', 'Stats'),
    ...refusals(['key', 'organization', 'query'], ['invalid_query', 'saved_query_not_found', 'too_much_to_count']),
  },
})
