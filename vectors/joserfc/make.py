"""Makes signed.json and odd.json with joserfc. See README.md."""

import json
import os
import secrets
import sys
from importlib.metadata import version

from joserfc import jws, jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from common import (ALGS, AUD, CURVE, ISS, KID_128_ASCII, KID_128_UTF8, NOW, SECRET_LEN, VectorFile,
                    access_claims, claims, odd_claims, with_members)

SOURCE = "joserfc " + version("joserfc")
MADE_BY = "vectors/joserfc/make.py"
STD = {"issuer": ISS, "audience": AUD, "now": NOW}

rsa_keys = {bits: RSAKey.generate_key(bits) for bits in (2048, 3072, 4096)}
ec_keys = {crv: ECKey.generate_key(crv) for crv in CURVE.values()}
secret = {alg: secrets.token_bytes(n) for alg, n in SECRET_LEN.items()}


def public(key, **members):
    return with_members(key.as_dict(private=False), **members)


def material(alg, bits=2048):
    if alg in secret:
        return OctKey.import_key(secret[alg]), {"secret": secret[alg]}
    key = ec_keys[CURVE[alg]] if alg in CURVE else rsa_keys[bits]
    return key, {"keys": public(key)}


def sign(payload, key, alg, **header):
    return jwt.encode({"alg": alg, **header}, payload, key, algorithms=[alg])


def sign_bytes(payload, key, alg, **header):
    return jws.serialize_compact({"alg": alg, **header}, payload, key, algorithms=[alg])


def signed():
    f = VectorFile(SOURCE, MADE_BY)
    for alg in ALGS:
        for bits in (2048, 3072, 4096) if alg[:2] in ("RS", "PS") else (None,):
            key, arg = material(alg, bits)
            f.add(f"{alg}-{bits} plain claims" if bits else f"{alg} plain claims", sign(claims(), key, alg), algs=alg,
                  **STD, **arg)
        key, arg = material(alg)
        f.add(f"{alg} payload of any bytes", sign_bytes(bytes(range(256)), key, alg), algs=alg, profile="jws", **arg)
        f.add(f"{alg} empty payload", sign_bytes(b"", key, alg), algs=alg, profile="jws", **arg)
        f.add(f"{alg} ID token", sign(claims(nonce="n-0S6_WzA2Mj", auth_time=NOW - 100), key, alg), algs=alg,
              profile="id-token", nonce="n-0S6_WzA2Mj", max_age=300, **STD, **arg)
        f.add(f"{alg} access token", sign(access_claims(aud=["https://api.example.com", AUD]), key, alg, typ="at+jwt"),
              algs=alg, profile="access-token", **STD, **arg)
        f.add(f"{alg} exp equal to now", sign(claims(exp=NOW), key, alg), algs=alg, error="exp_expired", **STD, **arg)
    f.write("joserfc/signed.json")


def odd():
    f = VectorFile(SOURCE, MADE_BY)
    rotation = iter((ALGS[7:] + ALGS[:7]) * 10)
    for c in odd_claims():
        alg = next(rotation)
        key, arg = material(alg)
        if c.get("raw_only"):
            token = sign_bytes(c["text"], key, alg)
        else:
            token = sign(json.loads(c["text"]), key, alg)
        f.add(f"claims: {c['name']}", token, algs=alg, profile=c["profile"], **c["request"], **arg)
    for alg in ("RS256", "PS256", "ES256", "ES512"):
        key, _ = material(alg)
        for name, kid in {"128 bytes of ASCII": KID_128_ASCII, "128 bytes of UTF-8": KID_128_UTF8,
                          "its thumbprint": key.thumbprint()}.items():
            f.add(f"kid: {name}, {alg}", sign(claims(), key, alg, kid=kid), keys={"keys": [public(key, kid=kid)]},
                  algs=alg, **STD)
        for name, members in {"alg": {"alg": alg}, "use": {"use": "sig"}, "key_ops": {"key_ops": ["verify"]},
                              "alg, use, kid": {"alg": alg, "use": "sig", "kid": "k1"}}.items():
            f.add(f"JWK with {name}, {alg}, token without kid", sign(claims(), key, alg), keys=public(key, **members),
                  algs=alg, **STD)
    # joserfc selects a key of the set by its type, and writes its kid to the header.
    for ec_alg, rsa_alg in (("ES256", "RS256"), ("ES384", "PS384"), ("ES512", "RS512")):
        keyset = KeySet([RSAKey.generate_key(2048, auto_kid=True), ECKey.generate_key(CURVE[ec_alg], auto_kid=True)])
        for alg in (ec_alg, rsa_alg):
            f.add(f"KeySet of RSA and {CURVE[ec_alg]}, {alg}", sign(claims(), keyset, alg),
                  keys=keyset.as_dict(private=False), algs=ALGS[3:], **STD)
    f.write("joserfc/odd.json")


signed()
odd()
