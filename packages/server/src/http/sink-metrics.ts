/** What became of checkpoints outside, as metrics: counts, never names of organizations. */
import { Counter, Gauge, type Registry } from 'prom-client'
import type { SinkGauge } from '../sink/index.js'

export function addSinkMetrics(registry: Registry, sinks: () => SinkGauge): void {
  const registers = [registry]
  new Gauge({
    name: 'sealedlog_uncosigned_entries',
    help: 'Entries that no checkpoint with the policy’s quorum covers yet, as of the last round.',
    registers,
    collect() {
      this.set(sinks().uncosignedEntries)
    },
  })
  new Gauge({
    name: 'sealedlog_sink_alarms',
    help: 'Logs that a witness or the anchor knows otherwise than they are. Anything but 0 wants a person.',
    registers,
    collect() {
      this.set(sinks().alarms)
    },
  })
  new Counter({
    name: 'sealedlog_sink_failures_total',
    help: 'Checkpoints that a witness did not cosign or the anchor did not take, by what the policy calls it.',
    labelNames: ['sink'],
    registers,
    collect() {
      this.reset()
      for (const [sink, count] of sinks().failures) this.inc({ sink }, count)
    },
  })
}
