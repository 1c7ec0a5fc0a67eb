/** `sealedlog verify`: the command `sealedlog-verify`, and the index of a data folder held against its log. */
import type { Command } from 'commander'
import { localRootKey } from './connection.js'
import type { AddCommand } from './command.js'
import { VERSION } from './version.js'

const PROGRAM = 'sealedlog verify'

/** The verifier reads its own arguments: both commands take the same, and say the same of what is wrong. */
export const verifyCommand: AddCommand = (program: Command, finish) => {
  program
    .command('verify')
    .description('Verify a log: of a data folder (./data), a bundle, a server or an evidence file.')
    .argument('[target]')
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .action(async (_target: string | undefined, _options: object, command: Command) => {
      const { runVerify } = await import('@sealedlog/sdk/verifier')
      const { checkView } = await import('./view/check-view.js')
      const code = await runVerify(command.args, {
        program: PROGRAM,
        version: VERSION,
        stdout: process.stdout,
        stderr: process.stderr,
        env: process.env,
        defaultTarget: './data',
        keyOf: (url) => localRootKey(new URL(url)),
        otherCheck: checkView,
      })
      finish(code)
    })
}
