/** The index in memory keeps the promises of the port. */
import { describe, test } from 'vitest'
import { indexContract, MemoryIndex } from '../../dist/index/index.js'

describe('MemoryIndex', () => indexContract(test, async () => new MemoryIndex()))
