"""Makes signed.json and odd.json with PyJWT. See README.md."""

import json
import os
import secrets
import sys
from importlib.metadata import version

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from common import (ALGS, AUD, CURVE, ISS, KID_128_ASCII, KID_128_UTF8, NOW, SECRET_LEN,
                    VectorFile, access_claims, claims, odd_claims, with_members)

SOURCE = "PyJWT " + version("PyJWT")
MADE_BY = "vectors/pyjwt/make.py"
CURVES = {"P-256": ec.SECP256R1, "P-384": ec.SECP384R1, "P-521": ec.SECP521R1}
STD = {"issuer": ISS, "audience": AUD, "now": NOW}
jws = jwt.PyJWS()


def new_rsa(bits):
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    return key, RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)


def new_ec(crv):
    key = ec.generate_private_key(CURVES[crv]())
    return key, ECAlgorithm.to_jwk(key.public_key(), as_dict=True)


rsa_keys = {bits: new_rsa(bits) for bits in (2048, 3072, 4096)}
ec_keys = {crv: new_ec(crv) for crv in CURVES}
hmac_keys = {alg: secrets.token_bytes(n) for alg, n in SECRET_LEN.items()}


def material(alg, bits=2048):
    """Returns the signing key, and arguments for VectorFile.add."""
    if alg in hmac_keys:
        return hmac_keys[alg], {"secret": hmac_keys[alg]}
    key, jwk = ec_keys[CURVE[alg]] if alg in CURVE else rsa_keys[bits]
    return key, {"keys": jwk}


def signed():
    f = VectorFile(SOURCE, MADE_BY)
    for alg in ALGS:
        for bits in (2048, 3072, 4096) if alg[:2] in ("RS", "PS") else (None,):
            key, arg = material(alg, bits)
            label = f"{alg}-{bits}" if bits else alg
            f.add(f"{label} plain claims", jwt.encode(claims(), key, alg), algs=alg, **STD, **arg)
        key, arg = material(alg)
        f.add(f"{alg} payload of any bytes", jws.encode(bytes(range(256)), key, alg), algs=alg,
              profile="jws", **arg)
        f.add(f"{alg} empty payload", jws.encode(b"", key, alg), algs=alg, profile="jws", **arg)
        f.add(f"{alg} ID token", jwt.encode(claims(nonce="n-0S6_WzA2Mj", auth_time=NOW - 100), key, alg),
              algs=alg, profile="id-token", nonce="n-0S6_WzA2Mj", max_age=300, **STD, **arg)
        f.add(f"{alg} access token", jwt.encode(access_claims(), key, alg, headers={"typ": "at+jwt"}),
              algs=alg, profile="access-token", **STD, **arg)
        if alg not in hmac_keys:
            f.add(f"{alg} access token, full media type",
                  jwt.encode(access_claims(aud=[AUD]), key, alg, headers={"typ": "application/at+jwt"}),
                  algs=alg, profile="access-token", **STD, **arg)
        f.add(f"{alg} exp equal to now", jwt.encode(claims(exp=NOW), key, alg), algs=alg,
              error="exp_expired", leeway=0, **STD, **arg)
        other = next(a for a in ALGS if a[:2] == alg[:2] and a != alg)
        if alg in hmac_keys:
            not_accepting = {"secret": secrets.token_bytes(64)}
        elif alg in CURVE:      # a set that also has a key for the accepted algorithm
            not_accepting = {"keys": {"keys": [arg["keys"], ec_keys[CURVE[other]][1]]}}
        else:
            not_accepting = arg
        f.add(f"{alg} where {other} is accepted", jwt.encode(claims(), key, alg),
              algs=other, error="algorithm_not_accepted", **STD, **not_accepting)
        if alg not in ("HS256", "HS384"):       # their secrets are too short for HS512
            f.add(f"{alg} where its whole family is accepted", jwt.encode(claims(), key, alg),
                  algs=[a for a in ALGS if a[:2] == alg[:2]], **STD, **arg)
    for alg, n in (("HS256", 33), ("HS256", 64), ("HS256", 65), ("HS384", 129), ("HS512", 128), ("HS512", 200)):
        secret = secrets.token_bytes(n)
        f.add(f"{alg} secret of {n} bytes", jwt.encode(claims(), secret, alg), secret=secret, algs=alg, **STD)
    f.write("pyjwt/signed.json")


def odd():
    f = VectorFile(SOURCE, MADE_BY)
    rotation = iter(ALGS * 10)
    for c in odd_claims():
        alg = next(rotation)
        key, arg = material(alg)
        if c.get("raw_only"):       # PyJWT's JWS layer signs bytes unchanged
            token = jws.encode(c["text"].encode(), key, alg, headers={"typ": "JWT"})
        else:
            token = jwt.encode(json.loads(c["text"]), key, alg)
        f.add(f"claims: {c['name']}", token, algs=alg, profile=c["profile"], **c["request"], **arg)

    key, jwk = rsa_keys[2048]
    bare = with_members(jwk)
    key2, jwk2 = rsa_keys[3072]
    eck, ecj = ec_keys["P-256"]

    def one(name, jwks, *, headers=None, alg="RS256", k=key, error=None, algs=None, **req):
        f.add(name, jwt.encode(claims(), k, alg, headers=headers), keys=jwks, algs=algs or alg,
              error=error, **{**STD, **req})

    for name, members in {
        "kty, n, e only": {},
        "with alg": {"alg": "RS256"},
        "with use": {"use": "sig"},
        "with key_ops": {"key_ops": ["verify"]},
        "with alg, use, key_ops": {"alg": "RS256", "use": "sig", "key_ops": ["verify"]},
        "with members nobody knows": {"x-note": {"a": [1, 2, 3]}, "iat": 1.5, "nbf": None, "ext": True},
        "with certificate thumbprints and x5u": {"x5t": "AAAAAAAAAAAAAAAAAAAAAAAAAAA",
                                                 "x5t#S256": "A" * 43, "x5u": "https://example.com/cert.pem"},
    }.items():
        one(f"single JWK {name}", {**bare, **members})
        one(f"JWK Set of one, {name}", {"keys": [{**bare, **members}]})
        one(f"JWK Set of one with kid, {name}, token with kid",
            {"keys": [{**bare, **members, "kid": "k1"}]}, headers={"kid": "k1"})
    one("single JWK with kid, token with that kid", {**bare, "kid": "k1"}, headers={"kid": "k1"})
    one("single JWK with kid, token without", {**bare, "kid": "k1"})
    for name, kid in {
        "one character": "1", "128 bytes of ASCII": KID_128_ASCII, "128 bytes of UTF-8": KID_128_UTF8,
        "a URL": "https://issuer.example.com/keys/2024-01?x=1#frag",
        "quotes, backslash and control characters": "a\"b\\c/d\n\t\u0001", "like a number": "0123",
        "a UUID": "6f9c1c1e-3d0b-4c8e-9c55-0d5f8b9a1a2b", "base64 with padding": "q83v+/8=",
        "spaces": " k 1 ", "accented": "clé-été",
    }.items():
        one(f"kid: {name}", {"keys": [{**bare, "kid": kid}]}, headers={"kid": kid})
        one(f"kid: {name}, second of three",
            {"keys": [{**with_members(jwk2), "kid": kid + "x"}, {**bare, "kid": kid},
                      {**with_members(ecj), "kid": "x" + kid}]}, headers={"kid": kid})
    for alg, k in (("RS256", key), ("PS384", key2), ("ES256", eck)):
        one(f"JWK Set of RSA and EC keys without kid, {alg}",
            {"keys": [bare, with_members(ecj), with_members(jwk2)]}, alg=alg, k=k, algs=["RS256", "PS384", "ES256"])
        one(f"JWK Set with kids, token without kid, {alg}",
            {"keys": [{**bare, "kid": "a"}, {**with_members(ecj), "kid": "b"}, {**with_members(jwk2), "kid": "c"}]},
            alg=alg, k=k, algs=["RS256", "PS384", "ES256"])
    unknown = [{"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kid": "ed"},
               {"kty": "NEW", "kid": "future", "data": [1]},
               {"kty": "EC", "crv": "secp256k1", "x": "A" * 43, "y": "A" * 43, "kid": "koblitz"}]
    one("JWK Set with keys of types not supported", {"keys": unknown + [{**bare, "kid": "k1"}]}, headers={"kid": "k1"})
    one("JWK Set with keys of types not supported, token without kid", {"keys": unknown + [bare]})
    one("JWK Set with an encryption key", {"keys": [
        {**with_members(jwk2), "kid": "enc-1", "use": "enc", "alg": "RSA-OAEP"},
        {**bare, "kid": "sig-1", "use": "sig", "alg": "RS256"}]}, headers={"kid": "sig-1"})
    one("JWK Set with other members", {"keys": [bare], "issued": 1, "next": {"keys": []}})
    one("kid not in the set", {"keys": [{**bare, "kid": "k1"}]}, headers={"kid": "k2"}, error="no_key")
    one("kid in another letter case", {"keys": [{**bare, "kid": "k1"}]}, headers={"kid": "K1"}, error="no_key")
    one("kid of another key of the set", {"keys": [{**bare, "kid": "k1"}, {**with_members(jwk2), "kid": "k2"}]},
        headers={"kid": "k2"}, error="bad_signature")
    one("single JWK, signed by another key", with_members(jwk2), error="bad_signature")

    for name, headers in {
        "without typ": {"typ": None}, "typ in lower case": {"typ": "jwt"},
        "with cty": {"cty": "example"},
        "with jku and x5u": {"jku": "https://attacker.example.com/jwks.json", "x5u": "https://attacker.example.com/c"},
        "with a jwk of another key": {"jwk": with_members(jwk2)},
        "with private members": {"tenant": "t-1", "https://example.com/h": {"a": [1, None, "é"]}},
    }.items():
        one(f"header {name}", {"keys": [bare]}, headers=headers)
    one("header typ asked for", {"keys": [bare]}, typ="JWT")
    one("header typ of one's own, asked for", {"keys": [bare]}, headers={"typ": "logout+jwt"}, typ="logout+jwt")
    f.write("pyjwt/odd.json")


signed()
odd()
