// Helpers shared by the JavaScript makers in this folder (see README.md).

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const here = import.meta.dirname;

export const NOW = 1750000000;
export const STD = { issuer: "https://issuer.example.com", audience: "client-7f3a", now: NOW };
export const ALGS = ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
  "ES256", "ES384", "ES512"];
export const SECRET_LEN = { HS256: 32, HS384: 48, HS512: 64 };
export const CURVE = { ES256: "P-256", ES384: "P-384", ES512: "P-521" };
export const KID_128_ASCII = ("kid-of-128-bytes." + "0123456789abcdef".repeat(8)).slice(0, 128);
export const KID_128_UTF8 = "鍵".repeat(40) + "🔑🔑";

export const claims = (more = {}) => ({
  iss: STD.issuer, sub: "user-248289761001", aud: STD.audience, iat: NOW - 60, exp: NOW + 3600, ...more,
});

export const accessClaims = (more = {}) =>
  claims({ client_id: "client-7f3a", jti: "jti-0001", scope: "openid profile", ...more });

export const oddClaims = () => JSON.parse(readFileSync(join(here, "odd-claims.json"), "utf8")).claims;

/** Returns the name and the installed version of a package that the maker imports. */
export function source(makerUrl, name) {
  const main = createRequire(makerUrl).resolve(name);
  const root = main.slice(0, main.lastIndexOf(join("node_modules", name)) + join("node_modules", name).length);
  return `${name} ${JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version} (npm)`;
}

export class VectorFile {
  #names = new Set();
  cases = [];

  constructor(source, madeBy) {
    this.source = source;
    this.madeBy = madeBy;
  }

  /** Adds a case with `keys` or `secret`. `request` has the values to check; `error` is set if the token must be rejected. */
  add(name, token, { keys, secret, algs, profile = "jwt", error, ...request }) {
    if (this.#names.has(name)) throw new Error(`duplicate name: ${name}`);
    this.#names.add(name);
    const [head, payload] = token.split(".");
    const { alg, kid } = JSON.parse(Buffer.from(head, "base64url").toString("utf8"));
    this.cases.push({
      name,
      token,
      ...(keys ? { keys } : { secret_base64url: Buffer.from(secret).toString("base64url") }),
      algs: [algs].flat(),
      profile,
      ...request,
      expect: error ? { ok: false, error } : { ok: true, alg, ...(kid === undefined ? {} : { kid }), payload },
    });
  }

  write(path) {
    const doc = { source: this.source, made_by: this.madeBy, cases: this.cases };
    writeFileSync(join(here, path), JSON.stringify(doc, null, 1) + "\n");
    console.log(`${path}: ${this.cases.length} cases`);
  }
}
