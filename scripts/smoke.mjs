/** What the checks of the package and of the clone share: start a server, paste the curl that it prints, stop it. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'

/**
 * Starts a server, waits for its last line, runs that line in a shell, and drains the server.
 * `whileServing` is called with its address in between.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} cwd
 * @param {'SIGTERM' | 'SIGINT'} signal by which it is stopped
 * @param {(url: string) => void} [whileServing]
 * @returns {Promise<string>} what the server printed
 */
export async function startAndPaste(command, args, cwd, signal, whileServing) {
  const server = spawn(command, args, { cwd, detached: true, stdio: ['ignore', 'pipe', 'inherit'] })
  let printed = ''
  const curl = await new Promise((resolve, reject) => {
    server.once('exit', (code) => reject(new Error(`${command} ended with ${code} before it served:\n${printed}`)))
    server.stdout.on('data', (chunk) => {
      printed += chunk
      const line = /^curl .*\n/m.exec(printed)?.[0]
      if (line) resolve(line)
    })
  })
  const pasted = spawnSync('sh', ['-c', curl], { cwd, encoding: 'utf8' })
  const receipt = JSON.parse(pasted.stdout)
  if (!/^(recorded|duplicate)$/.test(receipt.status)) throw new Error(`the curl was answered with ${pasted.stdout}`)
  console.log(`${receipt.status} ${receipt.id} at index ${receipt.index} of ${receipt.org}`)
  whileServing?.(/http:\/\/\S+/.exec(printed)?.[0] ?? '')
  server.removeAllListeners('exit')
  await stop(server, signal)
  if (!printed.endsWith('Closed.\n')) throw new Error(`${signal} did not drain and close it:\n${printed}`)
  return printed
}

const STOP_MS_MAX = 20_000

/** SIGTERM goes to what was started, SIGINT as Ctrl-C in a terminal does: to it and to all that it started. */
async function stop(server, signal) {
  const closed = once(server, 'close')
  process.kill(signal === 'SIGINT' ? -server.pid : server.pid, signal)
  const tooLong = setTimeout(() => process.kill(-server.pid, 'SIGKILL'), STOP_MS_MAX)
  await closed
  clearTimeout(tooLong)
}
