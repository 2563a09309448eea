// Makes signed.json and odd.json with jsonwebtoken. See README.md.

import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from "node:crypto";
import jwt from "jsonwebtoken";
import {
  ALGS, CURVE, KID_128_ASCII, NOW, SECRET_LEN, STD, VectorFile, accessClaims, claims, oddClaims, source,
} from "../common.mjs";

const SOURCE = source(import.meta.url, "jsonwebtoken");
const MADE_BY = "vectors/npm-jsonwebtoken/make.mjs";
const isRsa = (alg) => /^[RP]S/.test(alg);

const made = new Map();
function material(alg, bits = 2048) {
  const id = alg in SECRET_LEN ? alg : CURVE[alg] ?? `RSA-${bits}`;
  if (!made.has(id)) {
    if (alg in SECRET_LEN) {
      const secret = randomBytes(SECRET_LEN[alg]);
      made.set(id, { key: secret, arg: { secret } });
    } else {
      // Exports through PEM, because Node.js 20 hangs if it frees the job that made a key while it exports that key as a JWK.
      const { privateKey } = generateKeyPairSync(alg in CURVE ? "ec" : "rsa", {
        namedCurve: CURVE[alg],
        modulusLength: bits,
        publicKeyEncoding: { type: "spki", format: "pem" },
        privateKeyEncoding: { type: "pkcs8", format: "pem" },
      });
      const key = createPrivateKey(privateKey);
      made.set(id, { key, arg: { keys: createPublicKey(key).export({ format: "jwk" }) } });
    }
  }
  return made.get(id);
}

// An object is a claims set, and a string is signed unchanged. jsonwebtoken adds the current time to an object without
// iat, unless noTimestamp is set, which in turn removes an existing iat.
const sign = (payload, key, algorithm, options = {}) =>
  jwt.sign(payload, key, {
    algorithm, ...(typeof payload === "object" && !("iat" in payload) ? { noTimestamp: true } : {}), ...options,
  });

function signed() {
  const f = new VectorFile(SOURCE, MADE_BY);
  for (const alg of ALGS) {
    for (const bits of isRsa(alg) ? [2048, 3072, 4096] : [undefined]) {
      const { key, arg } = material(alg, bits);
      f.add(`${alg}${bits ? `-${bits}` : ""} plain claims`, sign(claims(), key, alg), { algs: alg, ...STD, ...arg });
    }
    const { key, arg } = material(alg);
    f.add(`${alg} text payload`, sign("Ein Text: äöü €\n", key, alg), { algs: alg, profile: "jws", ...arg });
    f.add(`${alg} without typ`, sign(claims(), key, alg, { header: { typ: undefined } }), { algs: alg, ...STD, ...arg });
    f.add(`${alg} ID token`, sign(claims({ nonce: "n-0S6_WzA2Mj", auth_time: NOW - 100 }), key, alg),
      { algs: alg, profile: "id-token", nonce: "n-0S6_WzA2Mj", max_age: 300, ...STD, ...arg });
    f.add(`${alg} access token`, sign(accessClaims(), key, alg, { header: { typ: "at+jwt" } }),
      { algs: alg, profile: "access-token", ...STD, ...arg });
    f.add(`${alg} times and names set by jsonwebtoken`,
      jwt.sign({ iat: NOW - 60 }, key, {
        algorithm: alg, expiresIn: "1h", notBefore: 0, issuer: STD.issuer, audience: [STD.audience, "other"],
        subject: "user-248289761001", jwtid: "jti-0001",
      }), { algs: alg, ...STD, ...arg });
    f.add(`${alg} exp equal to now`, sign(claims({ exp: NOW }), key, alg),
      { algs: alg, error: "exp_expired", ...STD, ...arg });
  }
  f.write("npm-jsonwebtoken/signed.json");
}

function odd() {
  const f = new VectorFile(SOURCE, MADE_BY);
  const rotation = [...ALGS.slice(9), ...ALGS.slice(0, 9)];
  for (const [i, c] of oddClaims().entries()) {
    const alg = rotation[i % 12];
    const { key, arg } = material(alg);
    // In an object, jsonwebtoken 9.0.3 throws on claims with the name of a member of Object.prototype, and replaces iat 0.
    const parsed = JSON.parse(c.text);
    const asText = c.raw_only || parsed.iat === 0 || Object.keys(parsed).some((name) => name in Object.prototype);
    f.add(`claims: ${c.name}`, sign(asText ? c.text : parsed, key, alg),
      { algs: alg, profile: c.profile, ...c.request, ...arg });
  }
  for (const alg of ["RS256", "PS512", "ES256", "ES384", "ES512"]) {
    const { key, arg: { keys: jwk } } = material(alg);
    const other = material(alg === "RS256" ? "ES256" : "RS256").arg.keys;
    for (const [name, kid] of Object.entries({
      "128 bytes of ASCII": KID_128_ASCII, short: "0",
    })) {
      f.add(`kid: ${name}, ${alg}`, sign(claims(), key, alg, { keyid: kid }),
        { keys: { keys: [{ ...other, kid: "other" }, { ...jwk, kid }] }, algs: ["RS256", "PS512", "ES256", "ES384", "ES512"], ...STD });
    }
    for (const [name, members] of Object.entries({
      alg: { alg }, use: { use: "sig" }, key_ops: { key_ops: ["verify"] }, "alg, use, kid": { alg, use: "sig", kid: "k1" },
    })) {
      f.add(`JWK with ${name}, ${alg}, token without kid`, sign(claims(), key, alg),
        { keys: { ...jwk, ...members }, algs: alg, ...STD });
    }
    f.add(`JWK Set without kid, alg, use, ${alg}`, sign(claims(), key, alg),
      { keys: { keys: [other, jwk] }, algs: ["RS256", "PS512", "ES256", "ES384", "ES512"], ...STD });
  }
  // The package jws, which jsonwebtoken uses, writes the header in Latin-1. This one is not UTF-8, and so not JSON.
  const { key, arg } = material("RS256");
  f.add("kid outside ASCII, written in Latin-1", sign(claims(), key, "RS256", { keyid: "cl\u00e9-1" }),
    { algs: "RS256", error: "malformed_json", ...STD, ...arg });
  f.write("npm-jsonwebtoken/odd.json");
}

signed();
odd();
