/** Policies: read as c2sp.org/tlog-policy says, refused with the line where they say something else, and their quorums as laws. */
import * as fc from 'fast-check'
import { verify } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { AuditError, concatBytes, encodeUtf8, sha256 } from '../../dist/base/index.js'
import {
  checkQuorum,
  COSIGNATURE_V1,
  cosignatureVerifiers,
  cosignedBy,
  ED25519,
  formatVerifierKey,
  noteKeyId,
  openNote,
  parsePolicy,
  POLICY_BYTES_MAX,
  type Policy,
  type VerifyEd25519,
} from '../../dist/merkle/index.js'
import { known, publicKeyOf, vectors, verifierOf } from './support.js'

/** A key that nobody can sign with: a policy is read without. */
function vkeyOf(name: string, algorithm: number): string {
  const publicKey = sha256(encodeUtf8(name))
  return formatVerifierKey({ name, algorithm, publicKey, keyId: noteKeyId(name, algorithm, publicKey) })
}
const witnessLine = (name: string) => `witness ${name} ${vkeyOf(`${name}.example`, COSIGNATURE_V1)}\n`

const EXAMPLE = `# two houses
log ${vkeyOf('log.example/1', ED25519)} https://log.example/1/
${['X1', 'X2', 'X3'].map(witnessLine).join('')}
group X-witnesses 2 X1 X2 X3
\t${['Y1', 'Y2'].map(witnessLine).join('  ')}
witness Y3\t${vkeyOf('Y3.example', COSIGNATURE_V1)} \t https://y3.example/w \t
group Y-witnesses any Y1 Y2 Y3
group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
`

const QUORUM_NONE = 'quorum none\n'

describe('a policy', () => {
  test('is logs, witnesses, groups and a quorum', () => {
    const policy = parsePolicy(EXAMPLE)
    expect(policy.logs.map(({ key, url }) => [key.name, url])).toEqual([['log.example/1', 'https://log.example/1/']])
    expect(policy.witnesses.map(({ name, url }) => [name, url])).toEqual([
      ['X1', undefined],
      ['X2', undefined],
      ['X3', undefined],
      ['Y1', undefined],
      ['Y2', undefined],
      ['Y3', 'https://y3.example/w'],
    ])
    expect(policy.groups).toEqual([
      { name: 'X-witnesses', threshold: 2, members: ['X1', 'X2', 'X3'] },
      { name: 'Y-witnesses', threshold: 1, members: ['Y1', 'Y2', 'Y3'] },
      { name: 'X-and-Y', threshold: 2, members: ['X-witnesses', 'Y-witnesses'] },
    ])
    expect(policy.quorum).toBe('X-and-Y')
    expect(parsePolicy(QUORUM_NONE)).toEqual({ logs: [], witnesses: [], groups: [], quorum: 'none' })
  })

  test('takes names in any script, and bytes that are no text as what they are', () => {
    const kelvin = `${witnessLine('K')}${witnessLine('\u212a')}group beide all K \u212a\nquorum beide\n`
    expect(parsePolicy(encodeUtf8(kelvin)).witnesses.map(({ name }) => name)).toEqual(['K', '\u212a'])
    const latin = concatBytes([encodeUtf8(`# Universit`), Uint8Array.of(0xe4), encodeUtf8(`t\n${QUORUM_NONE}`)])
    expect(parsePolicy(latin).quorum).toBe('none')
  })

  const log = vkeyOf('log.example', ED25519)
  const X1 = witnessLine('X1')
  const X2 = witnessLine('X2')
  const sameKey = (name: string, like: string, algorithm: number) => {
    const publicKey = sha256(encodeUtf8(like))
    return formatVerifierKey({ name, algorithm, publicKey, keyId: noteKeyId(name, algorithm, publicKey) })
  }

  test.each<readonly [why: string, text: string, line: number | undefined, says: string]>([
    ['no quorum', X1, undefined, 'no quorum line'],
    ['nothing', '', undefined, 'no quorum line'],
    ['two quorums', `${QUORUM_NONE}${QUORUM_NONE}`, 2, 'second quorum'],
    ['an end that is missing', 'quorum none', 1, 'does not end'],
    ['a carriage return', 'quorum none\r\n', 1, 'carriage return'],
    ['a control character', '# \u0001\nquorum none\n', 1, 'control character'],
    ['a deletion', '# \u007f\nquorum none\n', 1, 'control character'],
    ['a word nobody knows', `${QUORUM_NONE}Quorum none\n`, 2, 'begins with "Quorum"'],
    ['a quorum defined later', `quorum X1\n${X1}`, 1, 'no line before it'],
    ['a quorum of two', `${X1}${X2}quorum X1 X2\n`, 3, 'expected: quorum <name>'],
    ['a group without members', `${X1}group g any\nquorum g\n`, 2, 'expected: group'],
    ['a group of what comes later', `group g any X1\n${X1}quorum g\n`, 1, 'no line before it'],
    ['a group of itself', `${X1}group g any g\nquorum g\n`, 2, 'no line before it'],
    ['a group of none', `group g any none\nquorum g\n`, 1, 'no line before it'],
    ['a member twice', `${X1}group g 2 X1 X1\nquorum g\n`, 2, 'member of a group already'],
    ['a member of two groups', `${X1}group g any X1\ngroup h any X1\nquorum h\n`, 3, 'member of a group already'],
    ['zero of its members', `${X1}group g 0 X1\nquorum g\n`, 2, 'from 1 to 1'],
    ['more than its members', `${X1}group g 2 X1\nquorum g\n`, 2, 'from 1 to 1'],
    ['a number that is none', `${X1}group g +1 X1\nquorum g\n`, 2, '"+1"'],
    ['a number with leading zeros', `${X1}group g 01 X1\nquorum g\n`, 2, '"01"'],
    ['a name twice', `${X1}${sameNameOther()}${QUORUM_NONE}`, 2, 'is taken'],
    ['a group named as a witness', `${X1}group X1 any X1\nquorum X1\n`, 2, 'is taken'],
    ['the name none', `witness none ${vkeyOf('a', COSIGNATURE_V1)}\n${QUORUM_NONE}`, 1, 'may be called none'],
    ['a witness without a key', `witness X1\n${QUORUM_NONE}`, 1, 'expected: witness'],
    ['a word too many', `${X1.trimEnd()} https://x1.example more\n${QUORUM_NONE}`, 1, 'expected: witness'],
    ['a log without a key', `log\n${QUORUM_NONE}`, 1, 'expected: log'],
    ['a key that is none', `log example\n${QUORUM_NONE}`, 1, 'not a verifier key'],
    ['a key with another’s id', `log ${log.replace(/\+[0-9a-f]{8}\+/, '+00000000+')}\n${QUORUM_NONE}`, 1, 'its id is'],
    ['a log’s key as a witness’s', `witness X1 ${log}\n${QUORUM_NONE}`, 1, '0x04 here, and this one 0x01'],
    ['a witness’s key as a log’s', `log ${vkeyOf('a', COSIGNATURE_V1)}\n${QUORUM_NONE}`, 1, '0x01 here'],
    ['an algorithm to come', `witness X1 ${vkeyOf('a', 6)}\n${QUORUM_NONE}`, 1, 'this one 0x06'],
    ['a log twice', `log ${log}\nlog ${sameKey('other', 'log.example', ED25519)}\n${QUORUM_NONE}`, 2, 'second log'],
    [
      'a witness twice',
      `${X1}witness X2 ${sameKey('other', 'X1.example', COSIGNATURE_V1)}\n${QUORUM_NONE}`,
      2,
      'second witness',
    ],
    ['too much', `#${'x'.repeat(POLICY_BYTES_MAX)}\n${QUORUM_NONE}`, undefined, 'POLICY_BYTES_MAX'],
  ])('with %s is refused', (_, text, line, says) => {
    const error = errorOf(() => parsePolicy(text))
    expect(error.code).toBe('invalid_configuration')
    expect(error.message).toContain(says)
    expect(error.message).toContain(line === undefined ? 'This policy' : `Line ${line} `)
  })

  function sameNameOther(): string {
    return `witness X1 ${vkeyOf('another.example', COSIGNATURE_V1)}\n`
  }
})

describe('a quorum', () => {
  const policy = parsePolicy(EXAMPLE)

  test('is met by enough of each group, and by nobody who is not named', () => {
    expect(checkQuorum(policy, ['X1', 'X3', 'Y2']).satisfied).toBe(true)
    for (const cosigned of [
      [],
      ['X1', 'X2', 'X3'],
      ['X1', 'Y1', 'Y2', 'Y3'],
      ['X-and-Y'],
      ['X-witnesses', 'Y-witnesses'],
      ['Z1', 'Z2', 'Z3'],
      ['X1', 'X1', 'Y1'],
    ])
      expect([cosigned, checkQuorum(policy, cosigned).satisfied]).toEqual([cosigned, false])
  })

  test('that is not met says what is missing', () => {
    const { missing, text } = checkQuorum(policy, ['X1', 'Y1'])
    expect(missing).toEqual([
      { name: 'X-and-Y', needed: 2, found: 1, lacking: ['X-witnesses'] },
      { name: 'X-witnesses', needed: 2, found: 1, lacking: ['X2', 'X3'] },
    ])
    expect(text).toContain('X-witnesses has 1 of 2, and X2, X3 have not cosigned')
    const one = parsePolicy(`${witnessLine('X1')}quorum X1\n`)
    expect(checkQuorum(one, []).text).toContain('X1 has not cosigned')
    expect(checkQuorum(parsePolicy(QUORUM_NONE), [])).toMatchObject({ satisfied: true, missing: [] })
  })

  test('is what recursion over the groups says, and more witnesses never break it', () => {
    fc.assert(
      fc.property(policies(), fc.infiniteStream(fc.boolean()), (policy, chance) => {
        const some = policy.witnesses.map(({ name }) => name).filter(() => chance.next().value)
        const more = policy.witnesses
          .map(({ name }) => name)
          .filter((name) => some.includes(name) || chance.next().value)
        const { satisfied, missing } = checkQuorum(policy, some)
        expect(satisfied).toBe(naively(policy, policy.quorum, new Set(some)))
        expect(missing.length > 0).toBe(!satisfied)
        for (const { needed, found } of missing) expect(found).toBeLessThan(needed)
        if (satisfied) expect(checkQuorum(policy, more).satisfied).toBe(true)
      }),
    )
  })

  test('is read off a note: its cosignatures, verified, by the names of the policy', () => {
    const { signed_set: set } = vectors
    const verifyEd25519: VerifyEd25519 = (key, message, signature) => verify(null, message, publicKeyOf(key), signature)
    const policy = parsePolicy(`log ${set.log_vkey}\nwitness w ${set.witness_vkey}\nquorum w\n`)
    const note = known(set.checkpoints['1000'])
    const { verified } = openNote(note, [verifierOf(set.log_vkey), ...cosignatureVerifiers(policy, verifyEd25519)])
    const cosigned = cosignedBy(policy, verified)
    expect(cosigned).toEqual([{ witness: 'w', timeSeconds: set.cosignature_time }])
    expect(
      checkQuorum(
        policy,
        cosigned.map(({ witness }) => witness),
      ).satisfied,
    ).toBe(true)
    expect(cosignedBy(policy, openNote(note, [verifierOf(set.log_vkey)]).verified)).toEqual([])
  })

  test('of groups nested as deep as a file allows is found without recursion', () => {
    const groups = Array.from({ length: 20_000 }, (_, i) => `group g${i} any ${i === 0 ? 'X1' : `g${i - 1}`}\n`)
    const policy = parsePolicy(`${witnessLine('X1')}${groups.join('')}quorum g19999\n`)
    expect(checkQuorum(policy, ['X1']).satisfied).toBe(true)
    expect(checkQuorum(policy, []).missing).toHaveLength(20_000)
  })
})

function errorOf(call: () => unknown): AuditError {
  try {
    call()
  } catch (error) {
    if (error instanceof AuditError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

/** As the standard says it: a witness cosigned, a group has k members that did. */
function naively(policy: Policy, name: string, cosigned: ReadonlySet<string>): boolean {
  const group = policy.groups.find((each) => each.name === name)
  if (group === undefined) return name === 'none' || cosigned.has(name)
  return group.members.filter((member) => naively(policy, member, cosigned)).length >= group.threshold
}

/** Policies of up to eight witnesses whose groups are grown from what no group has yet. */
function policies(): fc.Arbitrary<Policy> {
  return fc
    .record({
      witnesses: fc.integer({ min: 1, max: 8 }),
      cuts: fc.array(fc.tuple(fc.nat(3), fc.nat(9)), { maxLength: 5 }),
    })
    .map(({ witnesses, cuts }) => {
      const free = Array.from({ length: witnesses }, (_, i) => `w${i}`)
      let text = free.map(witnessLine).join('')
      for (const [i, [more, count]] of cuts.entries()) {
        const members = free.splice(0, more + 1)
        text += `group g${i} ${count === 0 ? 'any' : count === 1 ? 'all' : (count % members.length) + 1} ${members.join(' ')}\n`
        free.push(`g${i}`)
      }
      return parsePolicy(`${text}quorum ${free.at(-1) ?? 'none'}\n`)
    })
}
