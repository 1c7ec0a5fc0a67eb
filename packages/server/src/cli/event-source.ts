/** Reading server-sent events (WHATWG HTML §9.2.6) as they come. */

/** An event of a stream. */
export interface SentEvent {
  /** `message` unless the stream says otherwise */
  readonly type: string
  readonly data: string
  /** the last id that the stream said, here or before; empty where it said none */
  readonly id: string
}

/** Takes the text of a stream in pieces, cut anywhere, and hands out the events that are whole. */
export class EventParser {
  #rest = ''
  #begun = false
  #endedByCr = false
  #type = ''
  #data: string[] = []
  /** said, and valid from the end of its block */
  #idToBe = ''
  #id = ''

  /** The id after which to go on: also blocks without data move it. */
  get lastId(): string {
    return this.#id
  }

  push(text: string): readonly SentEvent[] {
    const events: SentEvent[] = []
    for (const line of this.#linesOf(text)) {
      const event = line === '' ? this.#dispatch() : this.#take(line)
      if (event) events.push(event)
    }
    return events
  }

  /** Whole lines. One that ends with a CR is whole: a LF that comes later belongs to it. */
  #linesOf(text: string): readonly string[] {
    if (text === '') return []
    const more = this.#endedByCr && text.startsWith('\n') ? text.slice(1) : text
    const lines = (this.#rest + (this.#begun ? more : more.replace(/^\ufeff/, ''))).split(/\r\n|\n|\r/)
    this.#begun = true
    this.#endedByCr = text.endsWith('\r')
    this.#rest = lines.pop() ?? ''
    return lines
  }

  #take(line: string): undefined {
    const colon = line.indexOf(':')
    const name = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (name === 'data') this.#data.push(value)
    else if (name === 'event') this.#type = value
    else if (name === 'id' && !value.includes('\0')) this.#idToBe = value
  }

  #dispatch(): SentEvent | undefined {
    this.#id = this.#idToBe
    const [type, data] = [this.#type || 'message', this.#data]
    this.#type = ''
    this.#data = []
    return data.length === 0 ? undefined : { type, data: data.join('\n'), id: this.#id }
  }
}
