/** The pages that are transcripts say what their commands print. */
import { expect, test } from 'vitest'
// @ts-expect-error a script without types: what it gives is checked here
import { masked, PAGES, transcribe } from '../scripts/transcript.mjs'

const transcribed = transcribe as (page: string) => Promise<{ readonly text: string; readonly written: string }>

for (const page of PAGES as readonly string[]) {
  test(`${page} (npm run transcripts writes it anew)`, async () => {
    const { text, written } = await transcribed(page)
    expect(text.match(/^\$ /gm)?.length).toBeGreaterThan(3)
    expect(text).toBe(written)
  })
}

test('what is masked is what differs each time, and nothing else', () => {
  const mask = masked as (block: string) => string
  const of = (size: number, byte: string): string =>
    `Verified: ${size} entries, root ${byte.repeat(43)}=, remembered from 2026-11-2${size % 10}`
  expect(mask(of(13, 'a'))).toBe(mask(of(13, 'b')))
  expect(mask(of(13, 'a'))).not.toBe(mask(of(14, 'a')))
})
