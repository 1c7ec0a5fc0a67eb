/** The sentence that says what happened. */
import { expect, test } from 'vitest'
import { CATALOGUE, describe as describeEvent, type EventInput } from '../../dist/event/index.js'

test.each<readonly [string, EventInput]>([
  [
    'Ada created API key Production',
    {
      type: 'api_key.created',
      actor: { type: 'user', name: 'Ada', email: 'a@b.c' },
      targets: [
        { type: 'project', id: 'proj_1' },
        { type: 'api_key', id: 'key_1', name: 'k', display_name: 'Production' },
      ],
    },
  ],
  [
    'a@b.c created API key key_1',
    { type: 'api_key.created', actor: { type: 'user', email: 'a@b.c' }, details: { id: 'key_1' } },
  ],
  ['user created API key', { type: 'api_key.created', actor: { type: 'user', name: '' } }],
  ['somebody created API key', { type: 'api_key.created' }],
  [
    'Ada: invoice.approved inv_7',
    { type: 'invoice.approved', actor: { type: 'user', name: 'Ada' }, targets: [{ type: 'invoice', id: 'inv_7' }] },
  ],
  ['$& {target}: a.b', { type: 'a.b', actor: { type: 'user', name: '$& {target}' } }],
])('%s', (sentence, event) => {
  expect(describeEvent(event)).toBe(sentence)
})

test('every row of the catalogue makes a sentence without braces', () => {
  for (const { type } of CATALOGUE)
    expect(describeEvent({ type, actor: { type: 'user', name: 'Ada' } })).not.toMatch(/[{}]|^\s|\s$|\s\s/)
})
