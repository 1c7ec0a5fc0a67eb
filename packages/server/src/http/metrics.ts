/** Metrics for Prometheus: counts and durations, never names of organizations, keys or people. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { GuardGauge } from '../guard/index.js'
import type { CommitterGauge, ReindexingState } from '../log/index.js'
import type { SinkGauge } from '../sink/index.js'
import { addGuardMetrics } from './guard-metrics.js'
import { addSinkMetrics } from './sink-metrics.js'
import type { StreamsGauge } from './streams.js'

export class Metrics {
  readonly #registry = new Registry()
  readonly #requests: Histogram<'method' | 'route' | 'status'>
  readonly #events: Counter<'status'>
  readonly #refusals: Counter<'code'>
  readonly #typeWarnings: Counter
  readonly #streamEnds: Counter<'code'>

  constructor(
    committer: () => CommitterGauge,
    streams: () => StreamsGauge,
    guard?: () => GuardGauge,
    sinks?: () => SinkGauge,
    reindexing?: () => ReindexingState,
  ) {
    const registers = [this.#registry]
    collectDefaultMetrics({ register: this.#registry })
    this.#requests = new Histogram({
      name: 'sealedlog_http_request_seconds',
      help: 'Duration of HTTP requests, from their headers to the end of the answer.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30],
      registers,
    })
    this.#events = new Counter({
      name: 'sealedlog_events_total',
      help: 'Events acknowledged, recorded or duplicate.',
      labelNames: ['status'],
      registers,
    })
    this.#typeWarnings = new Counter({
      name: 'sealedlog_type_warnings_total',
      help: 'Warnings in receipts: where events do not fit the types that their organizations registered.',
      registers,
    })
    this.#refusals = new Counter({
      name: 'sealedlog_refusals_total',
      help: 'Requests refused, by error code.',
      labelNames: ['code'],
      registers,
    })
    this.#streamEnds = new Counter({
      name: 'sealedlog_stream_ends_total',
      help: 'Event streams that the server ended, by the code of their last event.',
      labelNames: ['code'],
      registers,
    })
    if (guard) addGuardMetrics(this.#registry, guard)
    if (sinks) addSinkMetrics(this.#registry, sinks)
    if (reindexing) addReindexingMetrics(reindexing, registers)
    gauge('sealedlog_streams', 'Event streams that are open.', () => streams().streams, registers)
    gauge(
      'sealedlog_stream_buffer_bytes',
      'Bytes that wait for the subscribers of event streams to read.',
      () => streams().bufferedBytes,
      registers,
    )
    gauge('sealedlog_queue_units', 'Requests waiting for a commit.', () => committer().waitingUnits, registers)
    gauge('sealedlog_queue_bytes', 'Bytes waiting for a commit.', () => committer().waitingBytes, registers)
  }

  answered(method: string, route: string, status: number, seconds: number): void {
    this.#requests.observe({ method, route, status: String(status) }, seconds)
  }

  acknowledged(status: 'recorded' | 'duplicate', events: number): void {
    this.#events.inc({ status }, events)
  }

  warned(warnings: number): void {
    this.#typeWarnings.inc(warnings)
  }

  refused(code: string): void {
    this.#refusals.inc({ code })
  }

  streamEnded(code: string): void {
    this.#streamEnds.inc({ code })
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  format(): Promise<string> {
    return this.#registry.metrics()
  }
}

function addReindexingMetrics(state: () => ReindexingState, registers: Registry[]): void {
  const isRunning = (): number => (state().status === 'running' ? 1 : 0)
  gauge('sealedlog_reindexing', 'Whether the index is being built again: 1 or 0.', isRunning, registers)
  gauge('sealedlog_reindexed_entries', 'Entries that the newest rebuild has indexed.', () => state().done, registers)
}

function gauge(name: string, help: string, value: () => number, registers: Registry[]): void {
  new Gauge({
    name,
    help,
    registers,
    collect() {
      this.set(value())
    },
  })
}
