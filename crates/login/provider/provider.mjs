// oidc-provider on a local port. Every visitor is logged in as Alice, who consents to everything.
//
//     node provider.mjs '{"issuer": "…", "secret": "…"}'
//
// Prints `>` and its address when it is ready. `issuer` is that address by default. A line on standard input replaces the
// keys and is answered by `> ready`. Lines without `>` come from oidc-provider. Exits at the end of standard input.
import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { Provider } from "oidc-provider";

const { issuer, secret } = JSON.parse(process.argv[2] ?? "{}");
const algorithms = ["RS256", "PS256", "ES256"];
const clients = [...algorithms, "HS256"].map((alg) => ({
    client_id: alg,
    client_secret: secret,
    application_type: "native",
    redirect_uris: ["http://127.0.0.1/callback"],
    response_types: ["code", "code id_token"],
    grant_types: ["authorization_code", "implicit"],
    id_token_signed_response_alg: alg,
}));
// The same client with UserInfo as a signed JWT.
clients.push({ ...clients[0], client_id: "signed", userinfo_signed_response_alg: "RS256" });

// Keys of the same generation have the same `kid` in every instance, but they are different keys.
function keys(generation) {
    return algorithms.map((alg) => {
        const { privateKey } = generateKeyPairSync(alg.startsWith("ES") ? "ec" : "rsa", {
            namedCurve: "P-256",
            modulusLength: 2048,
            publicKeyEncoding: { type: "spki", format: "pem" },
            privateKeyEncoding: { type: "pkcs8", format: "pem" },
        });
        // Parsed again from PEM: Node.js 20 hangs if it frees the job that made a key while it exports that key as a JWK,
        // because both lock the key.
        const jwk = createPrivateKey(privateKey).export({ format: "jwk" });
        return { ...jwk, alg, use: "sig", kid: `${alg}-${generation}` };
    });
}

async function loadExistingGrant({ oidc }) {
    const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
    grant.addOIDCScope("openid profile email");
    await grant.save();
    return grant;
}

function start(url, generation) {
    return new Provider(issuer ?? url, {
        clients,
        jwks: { keys: keys(generation) },
        cookies: { keys: ["a test needs no secret"] },
        claims: { openid: ["sub"], profile: ["name"], email: ["email"] },
        enabledJWA: {
            idTokenSigningAlgValues: [...algorithms, "HS256"],
            userinfoSigningAlgValues: algorithms,
        },
        features: { devInteractions: { enabled: false }, jwtUserinfo: { enabled: true } },
        findAccount: (_ctx, accountId) => ({
            accountId,
            claims: () => ({ sub: accountId, name: "Alice", email: "alice@example.com" }),
        }),
        interactions: { url: (_ctx, { uid }) => `/log-in/${uid}` },
        loadExistingGrant,
        pkce: { required: () => true },
    });
}

let generation = 1;
let provider;
const server = createServer((request, response) => {
    if (request.url.startsWith("/log-in/")) {
        const result = { login: { accountId: "alice" }, consent: {} };
        return provider.interactionFinished(request, response, result);
    }
    return provider.callback()(request, response);
});
server.listen(0, "127.0.0.1", () => {
    const url = `http://127.0.0.1:${server.address().port}`;
    provider = start(url, generation);
    console.log(`> ${url}`);
    createInterface({ input: process.stdin })
        .on("line", () => {
            provider = start(url, ++generation);
            console.log("> ready");
        })
        .on("close", () => process.exit());
});
