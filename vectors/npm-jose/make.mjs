// Makes signed.json and odd.json with jose. See README.md.

import { randomBytes } from "node:crypto";
import { CompactSign, SignJWT, calculateJwkThumbprint, exportJWK, generateKeyPair, generateSecret } from "jose";
import {
  ALGS, KID_128_ASCII, KID_128_UTF8, NOW, SECRET_LEN, STD, VectorFile, accessClaims, claims, oddClaims, source,
} from "../common.mjs";

const SOURCE = source(import.meta.url, "jose");
const MADE_BY = "vectors/npm-jose/make.mjs";
const isRsa = (alg) => /^[RP]S/.test(alg);

// jose binds a key to one algorithm, so each algorithm and each RSA size has its own key.
const made = new Map();
async function material(alg, bits = 2048) {
  const id = isRsa(alg) ? `${alg}-${bits}` : alg;
  if (!made.has(id)) {
    if (alg in SECRET_LEN) {
      const key = await generateSecret(alg, { extractable: true });
      const { k } = await exportJWK(key);
      made.set(id, { key, arg: { secret: Buffer.from(k, "base64url") } });
    } else {
      const pair = await generateKeyPair(alg, { modulusLength: bits, extractable: true });
      made.set(id, { key: pair.privateKey, arg: { keys: await exportJWK(pair.publicKey) } });
    }
  }
  return made.get(id);
}

const sign = (payload, key, alg, header = {}) => new SignJWT(payload).setProtectedHeader({ alg, ...header }).sign(key);
const signBytes = (bytes, key, alg, header = {}) =>
  new CompactSign(bytes).setProtectedHeader({ alg, ...header }).sign(key);

async function signed() {
  const f = new VectorFile(SOURCE, MADE_BY);
  for (const alg of ALGS) {
    for (const bits of isRsa(alg) ? [2048, 3072, 4096] : [undefined]) {
      const { key, arg } = await material(alg, bits);
      f.add(`${alg}${bits ? `-${bits}` : ""} plain claims`, await sign(claims(), key, alg), { algs: alg, ...STD, ...arg });
    }
    const { key, arg } = await material(alg);
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    f.add(`${alg} payload of any bytes`, await signBytes(bytes, key, alg), { algs: alg, profile: "jws", ...arg });
    f.add(`${alg} empty payload`, await signBytes(new Uint8Array(), key, alg), { algs: alg, profile: "jws", ...arg });
    f.add(`${alg} typ JWT`, await sign(claims(), key, alg, { typ: "JWT" }), { algs: alg, typ: "JWT", ...STD, ...arg });
    f.add(`${alg} ID token`, await sign(claims({ nonce: "n-0S6_WzA2Mj", auth_time: NOW - 100 }), key, alg),
      { algs: alg, profile: "id-token", nonce: "n-0S6_WzA2Mj", max_age: 300, ...STD, ...arg });
    f.add(`${alg} access token`, await sign(accessClaims(), key, alg, { typ: "at+jwt" }),
      { algs: alg, profile: "access-token", ...STD, ...arg });
    f.add(`${alg} times set by jose from dates`,
      await new SignJWT({}).setProtectedHeader({ alg }).setIssuer(STD.issuer).setAudience([STD.audience, "other"])
        .setSubject("user-248289761001").setJti("jti-0001").setIssuedAt(new Date((NOW - 60) * 1000))
        .setNotBefore(new Date((NOW - 60) * 1000)).setExpirationTime(new Date((NOW + 60) * 1000)).sign(key),
      { algs: alg, ...STD, ...arg });
    f.add(`${alg} exp equal to now`, await sign(claims({ exp: NOW }), key, alg),
      { algs: alg, error: "exp_expired", ...STD, ...arg });
  }
  f.write("npm-jose/signed.json");
}

async function odd() {
  const f = new VectorFile(SOURCE, MADE_BY);
  const rotation = [...ALGS.slice(3), ...ALGS.slice(0, 3)];
  for (const [i, c] of oddClaims().entries()) {
    const alg = rotation[i % 12];
    const { key, arg } = await material(alg);
    const token = c.raw_only
      ? await signBytes(new TextEncoder().encode(c.text), key, alg)
      : await sign(JSON.parse(c.text), key, alg);
    f.add(`claims: ${c.name}`, token, { algs: alg, profile: c.profile, ...c.request, ...arg });
  }
  for (const alg of ["RS256", "PS384", "ES256", "ES512"]) {
    const { key, arg: { keys: jwk } } = await material(alg);
    const thumbprint = await calculateJwkThumbprint(jwk);
    for (const [name, kid] of Object.entries({
      "128 bytes of ASCII": KID_128_ASCII, "128 bytes of UTF-8": KID_128_UTF8, "its thumbprint": thumbprint,
    })) {
      f.add(`kid: ${name}, ${alg}`, await sign(claims(), key, alg, { kid }),
        { keys: { keys: [{ ...jwk, kid }] }, algs: alg, ...STD });
    }
    for (const [name, members] of Object.entries({
      alg: { alg }, use: { use: "sig" }, key_ops: { key_ops: ["verify"] }, "alg, use, kid": { alg, use: "sig", kid: "k1" },
    })) {
      f.add(`JWK with ${name}, ${alg}, token without kid`, await sign(claims(), key, alg),
        { keys: { ...jwk, ...members }, algs: alg, ...STD });
    }
  }
  const set = { keys: [] };
  for (const alg of ALGS.slice(3)) set.keys.push({ ...(await material(alg)).arg.keys, kid: `key-${alg}`, alg, use: "sig" });
  for (const alg of ALGS.slice(3)) {
    const { key } = await material(alg);
    f.add(`JWK Set of nine, ${alg}`, await sign(claims(), key, alg, { kid: `key-${alg}` }),
      { keys: set, algs: ALGS.slice(3), ...STD });
    f.add(`JWK Set of nine, ${alg}, token without kid`, await sign(claims(), key, alg),
      { keys: set, algs: ALGS.slice(3), ...STD });
  }
  const { key } = await material("ES256");
  f.add("JWK Set of nine, kid not in the set", await sign(claims(), key, "ES256", { kid: "key-ES257" }),
    { keys: set, algs: ALGS.slice(3), error: "no_key", ...STD });
  for (const [alg, n] of [["HS256", 65], ["HS384", 64], ["HS512", 129]]) {
    const secret = randomBytes(n);
    f.add(`${alg} secret of ${n} bytes`, await sign(claims(), secret, alg), { secret, algs: alg, ...STD });
  }
  f.write("npm-jose/odd.json");
}

await signed();
await odd();
