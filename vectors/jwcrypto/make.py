"""Makes signed.json, odd.json, headers.json and refused.json with jwcrypto. See README.md."""

import json
import os
import sys
from importlib.metadata import version

from jwcrypto import jwe, jwk, jws, jwt

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from common import (ALGS, AUD, CURVE, ISS, KID_128_ASCII, KID_128_UTF8, NOW, SECRET_LEN, VectorFile,
                    access_claims, b64u, claims, compact, odd_claims, unb64u, with_members)

SOURCE = "jwcrypto " + version("jwcrypto")
MADE_BY = "vectors/jwcrypto/make.py"
STD = {"issuer": ISS, "audience": AUD, "now": NOW}


def public(key):
    return key.export_public(as_dict=True)


rsa_keys = {bits: jwk.JWK.generate(kty="RSA", size=bits) for bits in (2048, 3072, 4096)}
rsa_other = jwk.JWK.generate(kty="RSA", size=2048)
ec_keys = {crv: jwk.JWK.generate(kty="EC", crv=crv) for crv in CURVE.values()}
hmac_keys = {alg: jwk.JWK.generate(kty="oct", size=8 * n) for alg, n in SECRET_LEN.items()}


def secret_of(key):
    return unb64u(key.export_symmetric(as_dict=True)["k"])


def material(alg, bits=2048):
    if alg in hmac_keys:
        return hmac_keys[alg], {"secret": secret_of(hmac_keys[alg])}
    key = ec_keys[CURVE[alg]] if alg in CURVE else rsa_keys[bits]
    return key, {"keys": public(key)}


def sign_jwt(payload, key, alg, **header):
    t = jwt.JWT(header={"alg": alg, **header}, claims=payload)
    t.make_signed_token(key)
    return t.serialize()


def sign_raw(payload, key, header):
    """Signs payload bytes. The header text is used unchanged."""
    s = jws.JWS(payload)
    s.add_signature(key, alg=json.loads(header)["alg"], protected=header)
    token = s.serialize(compact=True)
    assert token.startswith(b64u(header.encode()) + ".")
    return token


def signed():
    f = VectorFile(SOURCE, MADE_BY)
    for alg in ALGS:
        for bits in (2048, 3072, 4096) if alg[:2] in ("RS", "PS") else (None,):
            key, arg = material(alg, bits)
            label = f"{alg}-{bits}" if bits else alg
            f.add(f"{label} plain claims", sign_jwt(claims(), key, alg), algs=alg, **STD, **arg)
            f.add(f"{label} plain claims, typ JWT", sign_jwt(claims(), key, alg, typ="JWT"), algs=alg,
                  typ="JWT", **STD, **arg)
        key, arg = material(alg)
        f.add(f"{alg} text payload", sign_raw("Ein Text: äöü €\n".encode(), key, compact({"alg": alg})),
              algs=alg, profile="jws", **arg)
        f.add(f"{alg} ID token", sign_jwt(claims(nonce="n-0S6_WzA2Mj", auth_time=NOW - 100), key, alg),
              algs=alg, profile="id-token", nonce="n-0S6_WzA2Mj", max_age=300, **STD, **arg)
        f.add(f"{alg} access token", sign_jwt(access_claims(), key, alg, typ="at+jwt"), algs=alg,
              profile="access-token", **STD, **arg)
        f.add(f"{alg} exp equal to now", sign_jwt(claims(exp=NOW), key, alg), algs=alg,
              error="exp_expired", leeway=0, **STD, **arg)
    # Values of fixed width whose first byte is zero.
    for alg, crv in CURVE.items():
        size = {"P-256": 32, "P-384": 48, "P-521": 66}[crv]
        key = ec_keys[crv]
        for part, at in (("r", 0), ("s", size)):
            while True:
                token = sign_jwt(claims(), key, alg)
                sig = unb64u(token.split(".")[2])
                # P-521 numbers have 521 bits, so their first byte is 0 or 1. The second byte must be zero, too.
                if not any(sig[at:at + (2 if alg == "ES512" else 1)]):
                    break
            f.add(f"{alg} {part} with leading zero", token, keys=public(key), algs=alg, **STD)
        for member in "xy":
            while True:
                key0 = jwk.JWK.generate(kty="EC", crv=crv)
                pub = public(key0)
                if not any(unb64u(pub[member])[:2 if alg == "ES512" else 1]):
                    break
            f.add(f"{alg} key with leading zero in {member}", sign_jwt(claims(), key0, alg), keys=pub, algs=alg, **STD)
    for alg in ("RS256", "PS256"):
        serial = 0
        while True:
            token = sign_jwt(claims(serial=serial), rsa_keys[2048], alg)
            if unb64u(token.split(".")[2])[0] == 0:
                break
            serial += 1
        f.add(f"{alg} signature with leading zero", token, keys=public(rsa_keys[2048]), algs=alg, **STD)
    f.write("jwcrypto/signed.json")


def odd():
    f = VectorFile(SOURCE, MADE_BY)
    rotation = iter(ALGS[::-1] * 10)
    for c in odd_claims():
        alg = next(rotation)
        key, arg = material(alg)
        f.add(f"claims: {c['name']}", sign_raw(c["text"].encode(), key, compact({"alg": alg})), algs=alg,
              profile=c["profile"], **c["request"], **arg)
    for name, kid in {"128 bytes of ASCII": KID_128_ASCII, "128 bytes of UTF-8": KID_128_UTF8,
                      "one space": " ", "percent signs": "%6b%31", "a path": "../../keys/k1", "null as text": "null",
                      "an RFC 7638 thumbprint": rsa_keys[2048].thumbprint()}.items():
        for alg in ("RS256", "PS512", "ES384"):
            key, _ = material(alg)
            f.add(f"kid: {name}, {alg}", sign_jwt(claims(), key, alg, kid=kid),
                  keys={"keys": [with_members(public(rsa_other), kid="other"), with_members(public(key), kid=kid)]},
                  algs=["RS256", "PS512", "ES384"], **STD)
    keyset = jwk.JWKSet()
    for n, key in enumerate((*rsa_keys.values(), *ec_keys.values())):
        d = json.loads(key.export())
        d["kid"] = f"key-{n}"
        keyset["keys"].add(jwk.JWK(**d))
    pub = json.loads(keyset.export(private_keys=False))
    for n, alg in enumerate(("RS256", "RS384", "PS512", "ES256", "ES384", "ES512")):
        key = keyset.get_key(f"key-{n}")
        f.add(f"JWK Set of six, {alg} by key-{n}", sign_jwt(claims(), key, alg, kid=f"key-{n}"), keys=pub,
              algs=ALGS[3:], **STD)
        f.add(f"JWK Set of six, {alg} by key-{n}, token without kid", sign_jwt(claims(), key, alg), keys=pub,
              algs=ALGS[3:], **STD)
    f.add("JWK Set of six, kid not in the set", sign_jwt(claims(), rsa_other, "RS256", kid="key-9"), keys=pub,
          algs=ALGS[3:], error="no_key", **STD)
    f.add("JWK Set of six, kid of another RSA key", sign_jwt(claims(), rsa_other, "RS256", kid="key-0"), keys=pub,
          algs=ALGS[3:], error="bad_signature", **STD)
    for alg in ("RS256", "PS256", "ES256"):
        key, _ = material(alg)
        for name, members in {"alg": {"alg": alg}, "use": {"use": "sig"}, "alg and use": {"alg": alg, "use": "sig"},
                              "key_ops": {"key_ops": ["verify"]}}.items():
            f.add(f"JWK with {name}, {alg}", sign_jwt(claims(), key, alg), keys=with_members(public(key), **members),
                  algs=alg, **STD)
    f.write("jwcrypto/odd.json")


def headers():
    """Headers in unusual spellings. The header text is signed unchanged."""
    f = VectorFile(SOURCE, MADE_BY)
    key, ec = rsa_keys[2048], ec_keys["P-256"]
    body = compact(claims()).encode()

    def one(name, text, *, k=key, algs="RS256", payload=body, error=None, keys=None, **req):
        f.add(f"header {name}", sign_raw(payload, k, text), keys=keys or {"keys": [public(k)]}, algs=algs,
              error=error, **{**STD, **req})

    one("with white space", '{ "alg" : "RS256" ,\r\n\t"typ" : "JWT" }\n')
    one("with alg written with escapes", r'{"\u0061lg":"RS\u003256"}')
    one("with typ written with an escape", r'{"typ":"at\u002bjwt","alg":"RS256"}', typ="at+jwt")
    one("with escaped solidus in typ", r'{"typ":"application\/at+jwt","alg":"RS256"}',
        payload=compact(access_claims()).encode(), profile="access-token")
    one("with alg last", '{"typ":"JWT","x":[{"alg":"none"}],"alg":"RS256"}')
    one("with alg of another name inside an object", '{"alg":"RS256","epk":{"alg":"HS256","crit":["x"]}}')
    one("with raw non-ASCII kid", '{"alg":"RS256","kid":"ключ"}',
        keys={"keys": [with_members(public(key), kid="ключ")]})
    one("with escaped kid", r'{"alg":"RS256","kid":"\u006b\u0031"}',
        keys={"keys": [with_members(public(key), kid="k1")]})
    one("with kid as a surrogate pair", r'{"alg":"RS256","kid":"\ud83d\udd11"}',
        keys={"keys": [with_members(public(key), kid="🔑")]})
    one("with jwk of another key", compact({"alg": "RS256", "jwk": public(rsa_other)}))
    one("with jwk of the signing key, which is not trusted", compact({"alg": "RS256", "jwk": public(rsa_other)}),
        k=rsa_other, keys={"keys": [public(key)]}, error="bad_signature")
    one("with x5t, x5t#S256 and x5u",
        compact({"alg": "ES256", "x5t": "A" * 27, "x5t#S256": "A" * 43, "x5u": "https://example.com/c.pem"}),
        k=ec, algs="ES256")
    one("with numbers, null, booleans and nested arrays",
        '{"alg":"ES256","n":-1.5E+3,"z":null,"t":true,"a":[[],{},[[1]]],"":0}', k=ec, algs="ES256")
    one("of more than a kilobyte", compact({"alg": "ES256", "note": "0123456789abcdef" * 70}), k=ec, algs="ES256")
    for alg in ALGS:
        k, arg = material(alg)
        f.add(f"header with only alg, {alg}", sign_raw(body, k, compact({"alg": alg})), algs=alg, **STD, **arg)
        f.add(f"header with cty, {alg}", sign_raw(b'["any"]', k, compact({"alg": alg, "cty": "application/json"})),
              algs=alg, profile="jws", **arg)
    f.write("jwcrypto/headers.json")


def refused():
    """Encrypted tokens, which have five segments."""
    f = VectorFile(SOURCE, MADE_BY)
    rsa, ec, oct_key = rsa_keys[2048], ec_keys["P-256"], hmac_keys["HS256"]
    for alg, enc, key in (("RSA-OAEP", "A256GCM", rsa), ("RSA-OAEP-256", "A128CBC-HS256", rsa),
                          ("ECDH-ES", "A256GCM", ec), ("ECDH-ES+A128KW", "A128GCM", ec), ("dir", "A256GCM", oct_key)):
        token = jwe.JWE(compact(claims()).encode(), compact({"alg": alg, "enc": enc, "typ": "JWT"}))
        token.add_recipient(key)
        arg = {"secret": secret_of(key), "algs": "HS256"} if key is oct_key else {"keys": public(key), "algs": ALGS[3:]}
        f.add(f"JWE {alg}, {enc}", token.serialize(compact=True), error="encrypted", **STD, **arg)
    nested = jwe.JWE(sign_jwt(claims(), rsa, "RS256").encode(), compact({"alg": "RSA-OAEP", "enc": "A256GCM", "cty": "JWT"}))
    nested.add_recipient(rsa)
    f.add("JWE with a signed token inside", nested.serialize(compact=True), keys=public(rsa), algs="RS256",
          error="encrypted", **STD)
    f.write("jwcrypto/refused.json")


signed()
odd()
headers()
refused()
