/** The pages that are transcripts say what their commands print. */
import { expect, test } from 'vitest'
// @ts-expect-error a script without types: what it gives is checked here
import { PAGES, transcribe } from '../scripts/transcript.mjs'

const transcribed = transcribe as (page: string) => Promise<{ readonly text: string; readonly written: string }>

for (const page of PAGES as readonly string[]) {
  test(`${page} (npm run transcripts writes it anew)`, async () => {
    const { text, written } = await transcribed(page)
    expect(text.match(/^\$ /gm)?.length).toBeGreaterThan(3)
    expect(text).toBe(written)
  })
}
