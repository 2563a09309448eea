// Calls the module from Node with tokens that it must accept or reject, and checks that it imports nothing.
// Usage: node crates/wasm/verify.mjs FILE.wasm
import assert from 'node:assert'
import { readFileSync } from 'node:fs'

const module = new WebAssembly.Module(readFileSync(process.argv[2]))
assert.deepStrictEqual(WebAssembly.Module.imports(module), [], 'the module imports nothing')
const { memory, input, input_len, verify, claims, claims_len } = new WebAssembly.Instance(module, {}).exports

/** Returns the claims of a token, or the number of the error. */
function verified ({ jwks, token, issuer, audience, now }) {
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
assert.strictEqual(verified(es256).swversion, '42')
console.log(`${readFileSync(process.argv[2]).length} bytes, no imports; 3 tokens verified, 8 rejected`)
