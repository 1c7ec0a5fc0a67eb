/** All tests of the house, in one run. They test what was built: `npm test` builds first. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Real servers and real files: two at a time is what two cores carry without one starving another.
    maxWorkers: 2,
  },
})
