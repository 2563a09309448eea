"""Makes an update manifest and attestation tokens with PyJWT. See README.md."""

import hashlib
import json
import os
import sys
from importlib.metadata import version

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from common import HERE, NOW, VectorFile, b64u, with_members

f = VectorFile("PyJWT " + version("PyJWT"), "vectors/device/make.py")
IMAGE = b"".join(b"block %04d of the image of version 42\n" % i for i in range(64))
NONCE = "bPLTBb1ZRcHUvwBWAKGvyg"
VERIFIER = "https://attest.example.com"


def new_key():
    return ec.generate_private_key(ec.SECP256R1())


def public(key, **members):
    return with_members(ECAlgorithm.to_jwk(key.public_key(), as_dict=True), **members)


def write(name, content):
    with open(os.path.join(HERE, "device", name), "wb") as out:
        out.write(content)


def manifest(**more):
    digest = b64u(hashlib.sha256(IMAGE).digest())
    return {"iss": "vendor", "hardware": "board-7", "version": 42, "size": len(IMAGE), "sha-256": digest, **more}


def updates():
    vendor, stranger = new_key(), new_key()
    request = {"keys": public(vendor), "algs": "ES256", "issuer": "vendor", "typ": "update+jwt", "now": NOW}

    def sign(claims, key=vendor, typ="update+jwt"):
        return jwt.encode(claims, key, "ES256", headers={"typ": typ})

    token = sign(manifest())
    write("update.jwt", token.encode() + b"\n")
    write("vendor.jwk.json", json.dumps(public(vendor), indent=1).encode() + b"\n")
    write("image.txt", IMAGE)
    f.add("update manifest", token, **request)
    f.add("update manifest of a stranger", sign(manifest(), stranger), **request, error="bad_signature")
    f.add("the vendor's access token as a manifest", sign(manifest(), typ="at+jwt"), **request, error="header_typ_mismatch")
    f.add("update manifest of another vendor", sign(manifest(iss="another")), **request, error="iss_mismatch")


def attestations():
    device, other = new_key(), new_key()
    keys = {"keys": [public(other, kid="device-0016", alg="ES256"), public(device, kid="device-0017", alg="ES256")]}
    request = {"keys": keys, "algs": "ES256", "issuer": "device-0017", "audience": VERIFIER, "typ": "eat+jwt", "now": NOW}

    def sign(key=device, kid="device-0017", **more):
        # RFC 9711 defines the names and values of the claims.
        claims = {"iss": "device-0017", "aud": VERIFIER, "iat": NOW - 5, "exp": NOW + 60, "eat_nonce": NONCE,
                  "ueid": "AQIDBAUGBwgJCgsMDQ4PEBE", "oemboot": True, "dbgstat": "disabled-permanently",
                  "swversion": "42", **more}
        return jwt.encode(claims, key, "ES256", headers={"typ": "eat+jwt", "kid": kid})

    token = sign()
    write("attestation.jwt", token.encode() + b"\n")
    write("attestation-debug.jwt", sign(dbgstat="enabled").encode() + b"\n")
    write("devices.jwks.json", json.dumps(keys, indent=1).encode() + b"\n")
    f.add("attestation", token, **request)
    f.add("attestation signed by another device", sign(other), **request, error="bad_signature")
    f.add("attestation of a device that is not known", sign(kid="device-0099"), **request, error="no_key")
    f.add("attestation of yesterday", sign(iat=NOW - 86400, exp=NOW - 86340), **request, error="exp_expired")


updates()
attestations()
f.write("device/device.json")
