// Writes tokens.json: for each algorithm a key in a JWK Set, and an access token that expires in 2100. Requires only
// Node.js: node make.mjs > tokens.json
import { constants, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";

const claims = {
    iss: "https://issuer.example.com", sub: "248289761001", aud: "https://api.example.com",
    client_id: "s6BhdRkqt3", scope: "openid profile orders:read", jti: "dbe39bf3a3ba4238a513f51d6e1691c4",
    iat: 1735689600, exp: 4102444800,
};
const rsa = { type: "rsa", options: { modulusLength: 2048 }, hash: "sha256" };
const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
const kinds = {
    RS256: rsa,
    PS256: { ...rsa, ...pss },
    ES256: { type: "ec", options: { namedCurve: "P-256" }, hash: "sha256" },
    ES384: { type: "ec", options: { namedCurve: "P-384" }, hash: "sha384" },
};
const pem = {
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
};
const text = (json) => Buffer.from(JSON.stringify(json)).toString("base64url");
const made = Object.entries(kinds).map(([alg, { type, options, hash, ...padding }]) => {
    // Through PEM: Node.js 20 hangs if it frees the job that made a key while it exports that key as a JWK.
    const privateKey = createPrivateKey(generateKeyPairSync(type, { ...options, ...pem }).privateKey);
    const input = `${text({ typ: "at+jwt", alg, kid: alg })}.${text(claims)}`;
    const signature = sign(hash, input, { key: privateKey, dsaEncoding: "ieee-p1363", ...padding });
    const key = { ...createPublicKey(privateKey).export({ format: "jwk" }), kid: alg, alg, use: "sig" };
    return { alg, jwks: { keys: [key] }, token: `${input}.${signature.toString("base64url")}` };
});
console.log(JSON.stringify(made, null, 1));
