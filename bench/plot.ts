/** Plots as SVG, by hand: they follow the reader's light or dark, and every mark has its figure as a tooltip. */

export interface Line {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
}

export interface LinePlot {
  readonly title: string
  readonly x: string
  readonly y: string
  readonly lines: readonly Line[]
}

/** Groups of bars, such as one for each server, with a bar for each percentile. */
export interface BarPlot {
  readonly title: string
  readonly y: string
  readonly bars: readonly string[]
  readonly groups: readonly { readonly name: string; readonly values: readonly number[] }[]
}

const WIDTH = 720
const HEIGHT = 380
const LEFT = 76
const RIGHT = 20
const TOP = 84
const BOTTOM = 52
/** room for a name in the legend: so much, and so much a character */
const LEGEND_GAP = 40
const LEGEND_CHAR = 7.5
const COLORS = ['a', 'b', 'c', 'd']
/** told apart in light and dark, and by those who see red and green alike */
const STYLE = `
text { font: 13px system-ui, sans-serif; fill: #1f2328 } .title { font-size: 16px; font-weight: 600 } .quiet { fill: #59636e }
.grid { stroke: #d1d9e0 } .back { fill: #ffffff }
.a { --c: #0969da } .b { --c: #bc4c00 } .c { --c: #6e7781 } .d { --c: #8250df }
.line { fill: none; stroke: var(--c); stroke-width: 2.5 } .dot, .bar { fill: var(--c) }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc } .quiet { fill: #9198a1 } .grid { stroke: #3d444d } .back { fill: #0d1117 }
.a { --c: #58a6ff } .b { --c: #f0883e } .c { --c: #9198a1 } .d { --c: #bc8cff }
}`

/** Lines over a common axis that begins at none. */
export function plotLines({ title, x, y, lines }: LinePlot): string {
  const xs = scaleOf(lines.flatMap((line) => line.points.map(([x]) => x)))
  const ys = scaleOf(lines.flatMap((line) => line.points.map(([, y]) => y)))
  const placeX = (value: number): number => LEFT + (value / xs.max) * (WIDTH - LEFT - RIGHT)
  const drawn = lines.flatMap((line, i) => [
    `<polyline class="line ${colorOf(i)}" points="${line.points.map(([x, y]) => `${at(placeX(x))},${at(placeY(y, ys))}`).join(' ')}"/>`,
    ...line.points.map(([x, y]) =>
      hinted(
        `circle class="dot ${colorOf(i)}" cx="${at(placeX(x))}" cy="${at(placeY(y, ys))}" r="3.5"`,
        `${line.name}: ${said(y)} at ${said(x)}`,
      ),
    ),
  ])
  const marks = xs.ticks.map(
    (tick) =>
      `<text class="quiet" x="${at(placeX(tick))}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle">${said(tick)}</text>`,
  )
  const axis = `<text class="quiet" x="${WIDTH - RIGHT}" y="${HEIGHT - 10}" text-anchor="end">${escaped(x)}</text>`
  const names = lines.map((line) => line.name)
  return frame(title, y, names, [gridOf(ys), ...marks, axis, ...drawn])
}

/** Bars in groups, each with its figure above it. */
export function plotBars({ title, y, bars, groups }: BarPlot): string {
  const ys = scaleOf(groups.flatMap((group) => group.values))
  const groupWidth = (WIDTH - LEFT - RIGHT) / Math.max(1, groups.length)
  const barWidth = Math.min(48, (groupWidth * 0.8) / Math.max(1, bars.length))
  const drawn = groups.flatMap((group, g) => {
    const middle = LEFT + groupWidth * (g + 0.5)
    const begin = middle - (barWidth * bars.length) / 2
    return [
      ...group.values.flatMap((value, i) =>
        barOf(value, i, begin + barWidth * i, barWidth, `${group.name}, ${bars[i]}`),
      ),
      `<text x="${at(middle)}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle">${escaped(group.name)}</text>`,
    ]
  })
  return frame(title, y, bars, [gridOf(ys), ...drawn])

  function barOf(value: number, i: number, x: number, width: number, name: string): readonly string[] {
    const top = placeY(value, ys)
    const shape = `rect class="bar ${colorOf(i)}" x="${at(x + 1)}" y="${at(top)}" width="${at(width - 2)}" height="${at(HEIGHT - BOTTOM - top)}"`
    return [
      hinted(shape, `${name}: ${said(value)}`),
      `<text class="quiet" x="${at(x + width / 2)}" y="${at(top - 5)}" text-anchor="middle">${said(value)}</text>`,
    ]
  }
}

const colorOf = (i: number): string => COLORS[i % COLORS.length] as string

function frame(title: string, y: string, names: readonly string[], inside: readonly string[]): string {
  let x = LEFT
  const legend = names.map((name, i) => {
    const at = x
    x += LEGEND_GAP + name.length * LEGEND_CHAR
    return (
      `<rect class="bar ${colorOf(i)}" x="${at}" y="36" width="12" height="12" rx="2"/>` +
      `<text x="${at + 18}" y="47">${escaped(name)}</text>`
    )
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="back" width="${WIDTH}" height="${HEIGHT}" rx="6"/>`,
    `<text class="title" x="${LEFT}" y="24">${escaped(title)}</text>`,
    ...legend,
    `<text class="quiet" x="${LEFT}" y="${TOP - 10}">${escaped(y)}</text>`,
    ...inside,
    '</svg>',
    '',
  ].join('\n')
}

interface Scale {
  readonly max: number
  readonly ticks: readonly number[]
}

/** From none to a little over the largest, in four to eight steps of 1, 2 or 5. */
export function scaleOf(values: readonly number[]): Scale {
  const largest = Math.max(0, ...values.filter(Number.isFinite))
  if (largest === 0) return { max: 1, ticks: [0, 1] }
  const power = 10 ** Math.floor(Math.log10(largest / 4))
  const step = power * ([1, 2, 5].findLast((factor) => factor * power <= largest / 4) ?? 1)
  const count = Math.ceil(largest / step - 1e-9)
  // Multiplied, not added up, and rounded: 3 × 0.1 is not 0.3.
  return { max: step * count, ticks: Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(12))) }
}

const placeY = (value: number, { max }: Scale): number => HEIGHT - BOTTOM - (value / max) * (HEIGHT - TOP - BOTTOM)

const gridOf = (scale: Scale): string =>
  scale.ticks
    .map((tick) => {
      const y = at(placeY(tick, scale))
      return (
        `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/>` +
        `<text class="quiet" x="${LEFT - 8}" y="${Number(y) + 4}" text-anchor="end">${said(tick)}</text>`
      )
    })
    .join('\n')

const hinted = (shape: string, hint: string): string =>
  `<${shape}><title>${escaped(hint)}</title></${shape.split(' ')[0]}>`

const at = (value: number): string => (Number.isFinite(value) ? value.toFixed(1) : '0')

/** A figure as short as people say it. */
function said(value: number): string {
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(3))} M`
  if (value >= 10_000) return `${Number((value / 1e3).toPrecision(3))} k`
  return Number(value.toPrecision(3)).toLocaleString('en')
}

const ENTITIES: { readonly [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] as string)
