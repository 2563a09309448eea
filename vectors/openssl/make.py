"""Makes signed.json, odd.json, rsa-sizes.json, rsa-refused.json and refused.json with the
openssl command line. All keys, signatures and MACs come from openssl. This script only writes
JSON and base64url, and converts DER signatures to r||s. See README.md."""

import math
import os
import secrets
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from common import (ALGS, AUD, CURVE, ISS, KID_128_ASCII, KID_128_UTF8, NOW, SECRET_LEN, VectorFile,
                    access_claims, b64u, claims, compact, ec_jwk, odd_claims, rsa_jwk, unb64u, with_members)

MADE_BY = "vectors/openssl/make.py"
STD = {"issuer": ISS, "audience": AUD, "now": NOW}
TMP = tempfile.TemporaryDirectory()
ORDER = {"P-256": 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551,
         "P-384": 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973,
         "P-521": int("01" + "ff" * 32 + "fa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409", 16)}
SIZE = {"P-256": 32, "P-384": 48, "P-521": 66}


def openssl(*args, data=None):
    return subprocess.run(["openssl", *args], input=data, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=True).stdout


SOURCE = " ".join(openssl("version").decode().split()[:2])


def key_of_odd_size(bits, path):
    """Makes an RSA key from two primes, with asn1parse. For most odd sizes, the modulus of genpkey is one bit too short."""
    e = 65537
    while True:
        p, q = (int(openssl("prime", "-generate", "-bits", str(b)).decode()) for b in ((bits + 1) // 2, bits // 2))
        if (p * q).bit_length() == bits and (p - 1) % e and (q - 1) % e:
            break
    d = pow(e, -1, (p - 1) * (q - 1) // math.gcd(p - 1, q - 1))
    numbers = (0, p * q, e, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))
    conf = "asn1=SEQUENCE:key\n[key]\n" + "".join(f"v{i}=INTEGER:0x{v:x}\n" for i, v in enumerate(numbers))
    with open(path + ".cnf", "w") as f:
        f.write(conf)
    openssl("asn1parse", "-genconf", path + ".cnf", "-noout", "-out", path + ".der")
    openssl("rsa", "-inform", "DER", "-in", path + ".der", "-out", path)


class Rsa:
    def __init__(self, bits):
        self.path = os.path.join(TMP.name, secrets.token_hex(8) + ".pem")
        if bits % 2 == 0:
            openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{bits}", "-out", self.path)
        else:
            key_of_odd_size(bits, self.path)
        modulus = openssl("rsa", "-in", self.path, "-noout", "-modulus")
        self.n = int(modulus.decode().strip().split("=")[1], 16)
        assert self.n.bit_length() == bits
        assert openssl("rsa", "-in", self.path, "-noout", "-check").startswith(b"RSA key ok")
        self.jwk = rsa_jwk(self.n)


class Ec:
    def __init__(self, crv):
        self.crv, self.path = crv, os.path.join(TMP.name, secrets.token_hex(8) + ".pem")
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{crv}", "-out", self.path)
        der = openssl("pkey", "-in", self.path, "-pubout", "-outform", "DER")
        point = der[-2 * SIZE[crv]:]
        assert der[-2 * SIZE[crv] - 1] == 4
        self.x, self.y = (int.from_bytes(p, "big") for p in (point[:SIZE[crv]], point[SIZE[crv]:]))
        self.jwk = ec_jwk(crv, self.x, self.y)


def der_to_rs(der):
    """Parses ECDSA-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }."""
    def value(at, tag):
        assert der[at] == tag
        length, at = der[at + 1], at + 2
        if length & 0x80:
            count = length & 0x7f
            length, at = int.from_bytes(der[at:at + count], "big"), at + count
        return at, at + length
    at, end = value(0, 0x30)
    assert end == len(der)
    numbers = []
    for _ in range(2):
        at, stop = value(at, 2)
        numbers.append(int.from_bytes(der[at:stop], "big"))
        at = stop
    assert at == len(der)
    return numbers


def rs_bytes(crv, r, s):
    return r.to_bytes(SIZE[crv], "big") + s.to_bytes(SIZE[crv], "big")


def sign_rsa(message, key, digest, pss=False, saltlen="digest", mgf1=None):
    opts = []
    if pss:
        opts = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", f"rsa_pss_saltlen:{saltlen}"]
        if mgf1:
            opts += ["-sigopt", f"rsa_mgf1_md:{mgf1}"]
    return openssl("dgst", f"-sha{digest}", "-sign", key.path, *opts, data=message)


def sign_ec(message, key, digest):
    return openssl("dgst", f"-sha{digest}", "-sign", key.path, data=message)


def signature(message, key, alg):
    digest = alg[2:]
    if alg[:2] == "HS":
        return openssl("dgst", f"-sha{digest}", "-mac", "HMAC", "-macopt", f"hexkey:{key.hex()}", "-binary",
                       data=message)
    if alg[:2] == "ES":
        return rs_bytes(key.crv, *der_to_rs(sign_ec(message, key, digest)))
    return sign_rsa(message, key, digest, pss=alg[:2] == "PS")


def signing_input(header, payload):
    header = header if isinstance(header, str) else compact(header)
    payload = payload if isinstance(payload, (str, bytes)) else compact(payload)
    parts = (p.encode() if isinstance(p, str) else p for p in (header, payload))
    return ".".join(map(b64u, parts)).encode()


def sign(header, payload, key, alg=None):
    message = signing_input(header, payload)
    return message.decode() + "." + b64u(signature(message, key, alg or header["alg"]))


rsa_keys = {}


def rsa_key(bits):
    if bits not in rsa_keys:
        rsa_keys[bits] = Rsa(bits)
    return rsa_keys[bits]


ec_keys = {crv: Ec(crv) for crv in SIZE}
hmac_keys = {alg: openssl("rand", str(n)) for alg, n in SECRET_LEN.items()}


def material(alg):
    if alg in hmac_keys:
        return hmac_keys[alg], {"secret": hmac_keys[alg]}
    key = ec_keys[CURVE[alg]] if alg in CURVE else rsa_key(2048)
    return key, {"keys": key.jwk}


def signed():
    f = VectorFile(SOURCE, MADE_BY)
    for alg in ALGS:
        key, arg = material(alg)
        f.add(f"{alg} plain claims", sign({"alg": alg}, claims(), key), algs=alg, **STD, **arg)
        f.add(f"{alg} plain claims, typ JWT", sign({"typ": "JWT", "alg": alg}, claims(), key), algs=alg,
              typ="JWT", **STD, **arg)
        f.add(f"{alg} payload of any bytes", sign({"alg": alg}, bytes(range(255, -1, -1)), key), algs=alg,
              profile="jws", **arg)
        f.add(f"{alg} empty payload", sign({"alg": alg}, b"", key), algs=alg, profile="jws", **arg)
        for n in (1, 2, 3):
            f.add(f"{alg} payload of {n} bytes", sign({"alg": alg}, b"\xff" * n, key), algs=alg, profile="jws", **arg)
        f.add(f"{alg} ID token", sign({"alg": alg}, claims(nonce="n-0S6_WzA2Mj", auth_time=NOW - 100), key),
              algs=alg, profile="id-token", nonce="n-0S6_WzA2Mj", max_age=300, **STD, **arg)
        f.add(f"{alg} access token", sign({"alg": alg, "typ": "at+jwt"}, access_claims(), key), algs=alg,
              profile="access-token", **STD, **arg)
    for alg, crv in CURVE.items():
        key = ec_keys[crv]
        zero = b"\0" * (2 if crv == "P-521" else 1)     # the first byte of a P-521 number is 0 or 1
        for part, at in (("r", 0), ("s", SIZE[crv])):
            while True:
                token = sign({"alg": alg}, claims(), key)
                if unb64u(token.split(".")[2])[at:].startswith(zero):
                    break
            f.add(f"{alg} {part} with leading zero", token, keys=key.jwk, algs=alg, **STD)
        message = signing_input({"alg": alg}, claims(note="s and n - s"))
        r, s = der_to_rs(sign_ec(message, key, alg[2:]))
        for name, v in (("lower", min(s, ORDER[crv] - s)), ("upper", max(s, ORDER[crv] - s))):
            f.add(f"{alg} s in the {name} half", message.decode() + "." + b64u(rs_bytes(crv, r, v)),
                  keys=key.jwk, algs=alg, **STD)
    for alg, n in (("HS256", 33), ("HS256", 64), ("HS256", 65), ("HS384", 64), ("HS384", 128), ("HS384", 129),
                   ("HS512", 127), ("HS512", 128), ("HS512", 129), ("HS512", 256)):
        secret = openssl("rand", str(n))
        f.add(f"{alg} secret of {n} bytes", sign({"alg": alg}, claims(), secret), secret=secret, algs=alg, **STD)
    secret = b"\0" * 31 + b"\x01"
    f.add("HS256 secret with zero bytes", sign({"alg": "HS256"}, claims(), secret), secret=secret, algs="HS256", **STD)
    f.write("openssl/signed.json")


def odd():
    f = VectorFile(SOURCE, MADE_BY)
    rotation = iter((ALGS[5:] + ALGS[:5]) * 10)
    for c in odd_claims():
        alg = next(rotation)
        key, arg = material(alg)
        f.add(f"claims: {c['name']}", sign({"alg": alg}, c["text"], key), algs=alg, profile=c["profile"],
              **c["request"], **arg)
    for name, kid in {"128 bytes of ASCII": KID_128_ASCII, "128 bytes of UTF-8": KID_128_UTF8,
                      "one character": "k", "a URL": "https://issuer.example.com/keys/1"}.items():
        for alg in ALGS[3:]:
            key, _ = material(alg)
            f.add(f"kid: {name}, {alg}", sign({"alg": alg, "kid": kid}, claims(), key),
                  keys={"keys": [with_members(key.jwk, kid=kid, use="sig", alg=alg)]}, algs=alg, **STD)
    f.write("openssl/odd.json")


def rsa_sizes():
    f = VectorFile(SOURCE, MADE_BY)
    algs_for = {4095: ("RS256", "PS256", "RS512", "PS512"), 2049: ("RS256", "PS256", "PS512"),
                4089: ("RS256", "PS256", "PS512")}
    for bits in (2048, 2049, 2050, 2055, 2056, 2057, 3072, 4089, 4095, 4096):
        key = rsa_key(bits)
        for alg in algs_for.get(bits, ("RS256", "PS256")):
            f.add(f"{alg}-{bits}", sign({"alg": alg}, claims(), key), keys=key.jwk, algs=alg, **STD)
    f.write("openssl/rsa-sizes.json")


def rsa_refused():
    f = VectorFile(SOURCE, MADE_BY)
    for alg in ("RS256", "PS256"):
        for bits, error in ((1024, "weak_key"), (2040, "weak_key"), (2047, "weak_key"),
                            (4097, "key_too_large"), (4104, "key_too_large")):
            key = rsa_key(bits)
            f.add(f"{alg} {bits} bits", sign({"alg": alg}, claims(), key), keys=key.jwk, algs=alg, error=error, **STD)
        # Not a real key: a random odd modulus of 16384 bits, with random signature bytes.
        n = int.from_bytes(openssl("rand", "2048"), "big") | 1 | 1 << 16383
        f.add(f"{alg} 16384 bits", signing_input({"alg": alg}, claims()).decode() + "." + b64u(openssl("rand", "2048")),
              keys=rsa_jwk(n), algs=alg, error="key_too_large", **STD)
        key = rsa_key(2048)
        f.add(f"{alg} even modulus of 2048 bits", sign({"alg": alg}, claims(), key), keys=rsa_jwk(key.n - 1),
              algs=alg, error="malformed_key", **STD)
    f.write("openssl/rsa-refused.json")


def refused():
    """Correctly signed tokens that must be rejected for another reason, and signatures of the wrong kind.
    They cannot be made from a valid token without its key."""
    f = VectorFile(SOURCE, MADE_BY)
    key, eck = rsa_key(2048), ec_keys["P-256"]

    def one(name, error, header, payload=None, *, k=key, alg="RS256", profile="jwt", keys=None):
        req = STD if profile != "jws" else {}
        f.add(name, sign(header, claims() if payload is None else payload, k, alg), keys=keys or k.jwk, algs=alg,
              profile=profile, error=error, **req)

    for name, header in {
        "crit of an unknown extension": '{"alg":"RS256","crit":["x-ext"],"x-ext":1}',
        "crit naming exp": '{"alg":"RS256","crit":["exp"],"exp":1750003600}',
        "crit naming b64, which is true": '{"alg":"RS256","crit":["b64"],"b64":true}',
        "crit naming b64, which is false": '{"alg":"RS256","crit":["b64"],"b64":false}',
        "crit written with an escape": r'{"alg":"RS256","cr\u0069t":["x-ext"],"x-ext":1}',
    }.items():
        one(name, "header_crit_unsupported", header)
    one("b64 false without crit", "header_b64_unsupported", '{"alg":"RS256","b64":false}')
    for name, header in {
        "alg twice": '{"alg":"RS256","alg":"RS256"}',
        "alg twice, once none": '{"alg":"none","alg":"RS256"}',
        "alg twice, once escaped": r'{"alg":"RS256","\u0061lg":"RS256"}',
        "kid twice": '{"alg":"RS256","kid":"a","kid":"b"}',
    }.items():
        one(f"header with {name}", "duplicate_member", header)
    body = compact(claims())[1:-1]
    for name, payload in {
        "exp twice": '{"exp":9999999999,' + body + "}",
        "sub twice, equal": "{" + body + ',"sub":"user-248289761001"}',
        "aud twice, once escaped": "{" + body + ',"\\u0061ud":"other"}',
        "a private claim twice": "{" + body + ',"role":"user","role":"admin"}',
    }.items():
        one(f"claims with {name}", "duplicate_member", {"alg": "RS256"}, payload)
    for name, payload in {
        "a comma too many": "{" + body + ",}", "no closing brace": "{" + body,
        "something after the object": "{" + body + "}{}", "single quotes": "{" + body + ",'a':1}",
        "NaN": "{" + body + ',"a":NaN}', "Infinity": "{" + body + ',"a":-Infinity}',
        "a number with a leading zero": "{" + body + ',"a":01}', "a number with a plus": "{" + body + ',"a":+1}',
        "a number ending in a dot": "{" + body + ',"a":1.}', "a number starting with a dot": "{" + body + ',"a":.5}',
        "a line feed in a string": "{" + body + ',"a":"\n"}', "a comment": "{" + body + "/* */}",
        "an unknown escape": "{" + body + r',"a":"\x41"}', "a name without quotes": "{" + body + ",a:1}",
        "True": "{" + body + ',"a":True}',
    }.items():
        one(f"claims with {name}", "malformed_json", {"alg": "RS256"}, payload)
    for name, header in {"a comma too many": '{"alg":"RS256",}', "no closing brace": '{"alg":"RS256"',
                         "something after the object": '{"alg":"RS256"}x'}.items():
        one(f"header with {name}", "malformed_json", header)

    def wrong(name, header, sig, k, alg):
        message = signing_input(header, claims())
        f.add(name, message.decode() + "." + b64u(sig(message)), keys=k.jwk, algs=alg, error="bad_signature", **STD)

    wrong("PS256 with a salt of no bytes", {"alg": "PS256"}, lambda m: sign_rsa(m, key, 256, True, "0"), key, "PS256")
    wrong("PS256 with a salt of 20 bytes", {"alg": "PS256"}, lambda m: sign_rsa(m, key, 256, True, "20"), key, "PS256")
    wrong("PS256 with the longest salt", {"alg": "PS256"}, lambda m: sign_rsa(m, key, 256, True, "max"), key, "PS256")
    wrong("PS256 with MGF1 over SHA-1", {"alg": "PS256"},
          lambda m: sign_rsa(m, key, 256, True, "digest", "sha1"), key, "PS256")
    wrong("PS512 with a salt of 32 bytes", {"alg": "PS512"}, lambda m: sign_rsa(m, key, 512, True, "32"), key, "PS512")
    wrong("PS256 header, PKCS #1 v1.5 signature", {"alg": "PS256"}, lambda m: sign_rsa(m, key, 256), key, "PS256")
    wrong("RS256 header, PSS signature", {"alg": "RS256"}, lambda m: sign_rsa(m, key, 256, True), key, "RS256")
    wrong("RS256 header, SHA-1 signature", {"alg": "RS256"}, lambda m: sign_rsa(m, key, 1), key, "RS256")
    wrong("RS256 header, SHA-512 signature", {"alg": "RS256"}, lambda m: sign_rsa(m, key, 512), key, "RS256")
    for alg, crv in CURVE.items():
        k, n, size = ec_keys[crv], ORDER[crv], SIZE[crv]
        wrong(f"{alg} signature in DER", {"alg": alg}, lambda m: sign_ec(m, k, alg[2:]), k, alg)
        wrong(f"{alg} signature of zeros", {"alg": alg}, lambda m: bytes(2 * size), k, alg)
        wrong(f"{alg} r and s equal to the order", {"alg": alg}, lambda m: rs_bytes(crv, n, n), k, alg)
        wrong(f"{alg} s and r exchanged", {"alg": alg},
              lambda m: rs_bytes(crv, *der_to_rs(sign_ec(m, k, alg[2:]))[::-1]), k, alg)
        other = {"256": "384", "384": "512", "512": "256"}[alg[2:]]
        wrong(f"{alg} header, SHA-{other} signature", {"alg": alg},
              lambda m: rs_bytes(crv, *der_to_rs(sign_ec(m, k, other))), k, alg)
        one(f"{alg} key not on the curve", "malformed_key", {"alg": alg}, k=k, alg=alg,
            keys=ec_jwk(crv, k.x, k.y ^ 1))
    for alg, n in SECRET_LEN.items():
        secret = openssl("rand", str(n - 1))
        f.add(f"{alg} secret of {n - 1} bytes", sign({"alg": alg}, claims(), secret), secret=secret, algs=alg,
              error="weak_key", **STD)
    pem = openssl("rsa", "-in", key.path, "-pubout")
    f.add("RSA public key in PEM used as HMAC secret", sign({"alg": "HS256"}, claims(), pem), keys=key.jwk,
          algs=["RS256"], error="algorithm_not_accepted", **STD)
    f.add("alg none without a signature", signing_input({"alg": "none"}, claims()).decode() + ".", keys=key.jwk,
          algs=["RS256"], error="unsecured", **STD)
    f.write("openssl/refused.json")


signed()
odd()
rsa_sizes()
rsa_refused()
refused()
