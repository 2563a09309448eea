// Calls the module from Node with tokens that it must accept or reject, and checks that it imports nothing.
// Usage: node crates/wasm/verify.mjs FILE.wasm
import assert from 'node:assert'
import { generateKeyPairSync, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'

const module = new WebAssembly.Module(readFileSync(process.argv[2]))
assert.deepStrictEqual(WebAssembly.Module.imports(module), [], 'the module imports nothing')
const { memory, input, input_len, verify, claims, claims_len } = new WebAssembly.Instance(module, {}).exports

/**
 * Returns the claims of a token, or the number of the error. `now` is a number of seconds since the epoch, such as
 * Date.now() / 1000. The module converts everything else to a number, and `null` or a Date to one that is no time in
 * seconds, so it is rejected here.
 */
function verified ({ jwks, token, issuer, audience, now }) {
  if (typeof now !== 'number') throw new TypeError('now must be a number of seconds since the epoch')
  const parts = [jwks, token, issuer, audience].map(text => new TextEncoder().encode(text))
  assert(parts.reduce((sum, part) => sum + part.length, 0) <= input_len())
  let address = input()
  for (const part of parts) {
    new Uint8Array(memory.buffer).set(part, address)
    address += part.length
  }
  const error = verify(...parts.map(part => part.length), now)
  if (error !== 0) return error
  return JSON.parse(new TextDecoder().decode(new Uint8Array(memory.buffer, claims(), claims_len())))
}

const read = name => readFileSync(new URL(`../../vectors/${name}`, import.meta.url), 'utf8').trim()
const es256 = {
  jwks: read('device/devices.jwks.json'),
  token: read('device/attestation.jwt'),
  issuer: 'device-0017',
  audience: 'https://attest.example.com',
  now: 1750000000
}
const rs256 = {
  jwks: read('demo/connect2id.jwks.json'),
  token: read('demo/connect2id.jwt'),
  issuer: 'https://c2id.example.com',
  audience: 'client-12345',
  now: 1311281000
}
const changed = token => token.slice(0, -12) + (token.at(-12) === 'A' ? 'B' : 'A') + token.slice(-11)

assert.strictEqual(verified(es256).eat_nonce, 'bPLTBb1ZRcHUvwBWAKGvyg')
assert.strictEqual(verified(rs256).sub, 'user-248289761001')
for (const [wrong, error] of [
  [{ ...es256, token: changed(es256.token) }, 12],
  [{ ...rs256, token: changed(rs256.token) }, 12],
  [{ ...rs256, jwks: es256.jwks }, 13],
  [{ ...es256, issuer: 'device-0016' }, 10103],
  [{ ...es256, audience: 'https://other.example.com' }, 10303],
  [{ ...es256, now: 1750000060 }, 10505],
  [{ ...es256, jwks: '<html>' }, 4]
]) {
  assert.strictEqual(verified(wrong), error)
}
assert.strictEqual(verify(input_len(), 1, 0, 0, 0), 201, 'lengths beyond the buffer')

// Tokens with times of our choice, signed with a new key.
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const base64url = value => Buffer.from(JSON.stringify(value)).toString('base64url')
function signed (claims) {
  const issuer = 'joe'
  const audience = 'client'
  const input = `${base64url({ alg: 'ES256' })}.${base64url({ iss: issuer, aud: audience, ...claims })}`
  const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  const jwks = JSON.stringify({ keys: [publicKey.export({ format: 'jwk' })] })
  return { jwks, token: `${input}.${signature.toString('base64url')}`, issuer, audience }
}

// A time that is no time never lets an expired token pass.
const expired = signed({ exp: 1750000000 })
assert.strictEqual(verified({ ...expired, now: 1750000000 }), 10505)
assert.strictEqual(verified({ ...expired, now: 1749999999 }).exp, 1750000000)
const noTimes = [NaN, -1, -0.5, -1750000000, 0, -0, Infinity, -Infinity, 2 ** 63, -(2 ** 63), 1e300, -1e300, Number.MAX_VALUE]
for (const now of noTimes) {
  assert.strictEqual(verified({ ...expired, now }), 1010, String(now))
  assert.strictEqual(claims_len(), 0)
}
const noNumbers = [undefined, null, '', '1750000000', '2025-06-15', '2025-06-15T15:06:40Z', new Date(0), [], {}, false, true, 1n]
for (const now of noNumbers) {
  assert.throws(() => verified({ ...expired, now }), { name: 'TypeError', message: /^now must be a number/ }, String(now))
}
/** Calls the export of the module without the check above. */
function raw ({ jwks, token, issuer, audience }, now) {
  const parts = [jwks, token, issuer, audience].map(text => new TextEncoder().encode(text))
  parts.reduce((address, part) => {
    new Uint8Array(memory.buffer).set(part, address)
    return address + part.length
  }, input())
  return verify(...parts.map(part => part.length), now)
}
for (const now of [undefined, null, '', '2025-06-15', 'now', [], {}, false, NaN, new Date(NaN)]) {
  assert.strictEqual(raw(expired, now), 1010, String(now))
}
assert.strictEqual(raw(expired, new Date()), 10505, 'a Date is in milliseconds, so every token has expired')
assert.throws(() => raw(expired, 1n), TypeError)

// Fractions of a second reach the module. A whole second stands for all moments until the next one.
const issued = signed({ iat: 1750000000.7, exp: 1750000060.5 })
for (const [now, wanted] of [
  [1750000000.7, 0], [1750000000.75, 0], [1750000000, 0], [1750000001, 0], [1750000060, 0], [1750000060.4, 0],
  [1750000000.6, 10707], [1750000000.699, 10707], [1749999999, 10707], [1749999999.999, 10707],
  [1750000060.5, 10505], [1750000060.6, 10505], [1750000061, 10505]
]) {
  const found = verified({ ...issued, now })
  assert.strictEqual(found.exp ? 0 : found, wanted, String(now))
}
// The same decimal time as in the token, although many of them have no exact float.
for (let millis = 1; millis < 1000; millis += 37) {
  const now = (1750000000000 + millis) / 1000
  assert.strictEqual(verified({ ...signed({ iat: now, exp: 1750000060 }), now }).iat, now)
}

assert.strictEqual(verified(es256).swversion, '42')
console.log(`${readFileSync(process.argv[2]).length} bytes, no imports; tokens verified and rejected as expected`)
