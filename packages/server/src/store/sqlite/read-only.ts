/** A log's file opened for nothing but reading: beside a server that writes it, or a copy that nobody does. */
import type { LogStore } from '../port.js'
import { SqliteReader } from './reader.js'

/** What can be read of logs without changing anything, not even a lock. */
export type LogReader = Pick<
  LogStore,
  'head' | 'heads' | 'readRange' | 'readAt' | 'findById' | 'readTile' | 'readTileRoots' | 'keys' | 'close'
>

/**
 * Opens a log's file, which must be of the newest schema: nothing is migrated.
 *
 * @throws Error of SQLite when there is no such file, or none of logs
 */
export function openLogReader(path: string): LogReader {
  const reader = new SqliteReader(path)
  return {
    head: async (org) => reader.head(org),
    heads: async (after, limit) => reader.heads(after, limit),
    readRange: async (org, from, to) => reader.readRange(org, from, to),
    readAt: async (org, indexes) => reader.readAt(org, indexes),
    findById: async (org, id) => reader.findById(org, id),
    readTile: async (org, level, index) => reader.readTile(org, level, index),
    readTileRoots: async (org, level, from, to) => reader.readTileRoots(org, level, from, to),
    keys: async (org) => reader.keys(org),
    close: async () => reader.close(),
  }
}
