/** Real browsers, without a window: found on this machine, opened on a page, and gone with all that they started. */
import { spawn } from 'node:child_process'
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

export interface Engine {
  /** what is started, and what Debian's package is called */
  readonly name: string
  /** makes the profile ready where it has to be */
  prepare?(profile: string): void
  args(profile: string, url: string): readonly string[]
}

export const ENGINES: readonly Engine[] = [
  {
    name: 'chromium',
    args: (profile, url) => [
      '--headless',
      // As root, as which containers run, it has no sandbox of its own; the pages are ours.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--no-first-run',
      `--user-data-dir=${profile}`,
      url,
    ],
  },
  {
    name: 'firefox-esr',
    prepare: (profile) =>
      writeFileSync(
        join(profile, 'user.js'),
        // It asks nobody for news, shows no page of its own, and says on stderr what goes wrong in ours.
        ['datareporting.policy.dataSubmissionEnabled', 'app.update.enabled', 'network.captive-portal-service.enabled']
          .map((name) => `user_pref("${name}", false);\n`)
          .join(''),
      ),
    args: (profile, url) => ['--headless', '--no-remote', '--profile', profile, url],
  },
]

/** Whether a program is found where programs are. */
export const isHere = (name: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return true
    } catch {
      return false
    }
  })

const STDERR_CHARS_SHOWN = 4_000

/**
 * Opens a page and waits until it has reported, then ends the browser.
 *
 * @param reported of whoever serves the page
 * @throws Error when the browser ends before, or says nothing in time: with what it wrote to stderr
 */
export async function visit<T>(engine: Engine, url: string, reported: Promise<T>, limitMs: number): Promise<T> {
  const home = mkdtempSync(join(tmpdir(), 'sealedlog-browser-'))
  engine.prepare?.(home)
  const browser = spawn(engine.name, engine.args(home, url), {
    // A group of its own, to be ended as one.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, HOME: home },
  })
  let stderr = ''
  browser.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = new Promise<string>((resolve) => {
    browser.once('error', (error) => resolve(`could not be started (${error.message}): apt-get install ${engine.name}`))
    browser.once('close', (code) => resolve(`ended with code ${code}`))
  })
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`has reported nothing for ${limitMs} ms`), limitMs)
  })
  const failed = Promise.race([ended, late]).then((how) => {
    throw new Error(`${engine.name} ${how}. It wrote:\n${stderr.slice(-STDERR_CHARS_SHOWN)}`)
  })
  try {
    return await Promise.race([reported, failed])
  } finally {
    clearTimeout(timer)
    if (browser.pid !== undefined) endGroup(browser.pid)
    await ended
    // Its children may still be on their way out.
    rmSync(home, { recursive: true, force: true, maxRetries: 10 })
  }
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}
